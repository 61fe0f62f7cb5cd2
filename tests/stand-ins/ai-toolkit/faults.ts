import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Options } from './options.ts';
import { KeyboardInterrupt, PythonError } from './python.ts';
import { print } from './terminal.ts';

const RAISED: Partial<Record<Fault, [type: string, message: string]>> = {
  oom: ['RuntimeError', 'CUDA out of memory. Tried to allocate 2.00 GiB'],
  gated: [
    'huggingface_hub.errors.GatedRepoError',
    '401 Client Error. Cannot access gated repo for url https://huggingface.co/black-forest-labs/FLUX.1-dev.',
  ],
  unreachable: ['OSError', "We couldn't connect to 'https://huggingface.co' to load this file."],
  missing: ['huggingface_hub.errors.RepositoryNotFoundError', '404 Client Error.'],
  disk: ['OSError', '[Errno 28] No space left on device'],
  cuda: ['RuntimeError', 'CUDA error: an illegal memory access was encountered'],
  crash: ['ZeroDivisionError', 'division by zero'],
  leak: ['KeyError', `the token ${process.env.HF_TOKEN} is not known`],
};

/** Nothing for a fault that is not an exception. */
export function raise(fault: Fault | null) {
  const [type, message] = (fault && RAISED[fault]) ?? [];
  if (type !== undefined && message !== undefined) throw new PythonError(type, message);
}

export const is = ({ fault, faultStep }: Options, wanted: Fault, step = faultStep) =>
  fault === wanted && step === faultStep;

/** At a step of the training. */
export async function misbehave({ fault, faultStep }: Options, step: number) {
  if (fault === 'nan-lines' && step >= faultStep) print('loss is nan');
  if (fault === null || step !== faultStep || faultStep === 0) return;
  if (fault === 'killed') process.kill(process.pid, 'SIGKILL');
  if (fault === 'interrupted') throw new KeyboardInterrupt();
  if (fault === 'hang') await pause(2 ** 30);
  // The one comes when it saves, the other has a way of its own.
  if (fault !== 'disk' && fault !== 'oom') raise(fault);
}

/** Whether the batch of this step does not fit and is left out; the fourth in a row is the end. */
export function isLeftOut({ fault, faultStep }: Options, step: number): boolean {
  const count = step - faultStep + 1;
  const isMeant = fault === 'oom' ? faultStep > 0 && count > 0 : fault === 'oom-once' && count === 1;
  if (!isMeant) return false;
  if (count > 3)
    throw new PythonError('RuntimeError', 'OOM during training step 3 times in a row, aborting training');
  const rule = '#'.repeat(49);
  print(`\n${rule}\n# OOM during training step, skipping batch ${count}/3 #\n${rule}`);
  return true;
}

/** A program that has left the group of its parent, and still holds its pipes open. */
export const startDaemon = () => spawn('/bin/sleep', ['120'], { stdio: 'inherit', detached: true }).unref();

/** A worker that loads photos, heeds nothing, and holds the pipes of its parent open. */
export const startDeafChild = () =>
  spawn('/bin/sh', ['-c', 'trap "" INT TERM; while :; do sleep 1; done'], { stdio: 'inherit' });
