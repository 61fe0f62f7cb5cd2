import { constants } from 'node:fs';
import { copyFile, mkdir, open, rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { readSafetensorsHeader } from '../../storage/safetensors.ts';
import type { TrainingRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { stepIn } from './checkpoints.ts';
import type { Places } from './places.ts';

/**
 * Puts the checkpoint where AI-Toolkit looks for one when it starts: it goes on from the newest file of the run, after the step
 * that its metadata names. A copy, because trainers write over files of their own. The state of the optimizer is not kept with
 * a checkpoint, so it begins anew.
 */
export async function placeCheckpoint({ resumeFrom, config }: TrainingRun, places: Places) {
  await mkdir(places.output, { recursive: true });
  if (resumeFrom === null) return;
  const { step, path } = resumeFrom;
  if (step >= config.steps)
    throw unusable(`It was saved after step ${step}, and this training has ${config.steps}.`);
  const target = places.checkpoint(step);
  await copyFile(path, target, constants.COPYFILE_FICLONE);
  const metadata = await metadataOf(target);
  if ((await stepIn(target)) === step) return;
  // Written before its step was, or by a tool that has dropped it.
  await rewriteMetadata(path, target, { ...metadata, training_info: JSON.stringify({ step, epoch: 0 }) });
}

async function metadataOf(path: string): Promise<Record<string, string>> {
  try {
    return Object.fromEntries((await readSafetensorsHeader(path)).metadata);
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error));
  }
}

const unusable = (why: string) =>
  new EngineFailure({
    code: 'INVALID_CHECKPOINT',
    message: `The training cannot go on from this checkpoint: ${why}`,
    advice: 'Resume from another checkpoint, or start anew.',
  });

/** The same tensors under another header. */
async function rewriteMetadata(from: string, to: string, metadata: Record<string, string>) {
  const { tensors, dataStart } = await readSafetensorsHeader(from);
  const described = [...tensors].map(([name, { dtype, shape, begin, end }]) => [
    name,
    { dtype, shape, data_offsets: [begin, end] },
  ]);
  const json = Buffer.from(JSON.stringify(Object.fromEntries([['__metadata__', metadata], ...described])));
  const head = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  head.writeBigUInt64LE(BigInt(head.length - 8));
  json.copy(head, 8);
  await rm(to, { force: true });
  await using source = await open(from);
  await using target = await open(to, 'wx');
  await target.writeFile(head);
  await target.writeFile(source.createReadStream({ start: dataStart, autoClose: false }));
  const written = await readSafetensorsHeader(to);
  if (!isDeepStrictEqual(written.tensors, tensors)) throw unusable('Its header could not be rewritten.');
}

/** A trainer that did not go on where it was to: its steps would be told under wrong numbers. */
export const wrongPlace = (expected: number, found: number) =>
  unusable(`AI-Toolkit began after step ${found} instead of ${expected}.`);
