import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { Options } from '#tests/stand-ins/ai-toolkit/options.ts';
import type { TrainingRun } from '../engine.ts';
import { configOf } from './config.ts';
import { writeDataset } from './dataset.ts';
import { trainerEnvironment } from './environment.ts';
import { createJobDb } from './job-db.ts';
import { placesOf } from './places.ts';
import { removeFolders, standIn, trainingRun } from './testing.ts';

afterAll(removeFolders);

/** What the tests of this engine stand on: that the stand-in ends as the real one was recorded to. */
type Recorded = {
  mode: string;
  signal: NodeJS.Signals | null;
  returncode: number;
  stdout: string;
  stderr_last: string[];
};

const SIGNALS: Record<number, string> = { [-2]: 'SIGINT', [-9]: 'SIGKILL', [-15]: 'SIGTERM' };

async function start(run: TrainingRun, options: Partial<Options>, config: string) {
  const { dir } = await standIn(options);
  const child = spawn(join(dir, 'venv/bin/python'), ['run.py', config], {
    cwd: dir,
    env: trainerEnvironment(process.env, run),
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk) => {
      output[name] += chunk;
    });
  return { child, output };
}

async function prepared() {
  const run = await trainingRun({ steps: 20_000 });
  const places = placesOf(run);
  await writeDataset(run, places.dataset, new AbortController().signal);
  await writeFile(places.config, configOf(run, places));
  createJobDb(places.jobDb, { id: run.jobId, name: places.name, steps: 20_000 }).close();
  return { run, places };
}

const isTraining = (text: string) => text.includes('lr: ');

for (const [version, file] of [
  ['0.12.26', 'exit_codes.json'],
  ['0.7.15', 'exit_codes_pin_0.7.15.json'],
] as const) {
  const path = fileURLToPath(new URL(`../../../tests/fixtures/ai-toolkit/${file}`, import.meta.url));
  const recordings: Recorded[] = JSON.parse(await readFile(path, 'utf8'));
  for (const { mode, signal, returncode, stdout, stderr_last } of recordings) {
    test(`${version} ends as recorded: ${mode}${signal ? `, ${signal}` : ''}`, async () => {
      const { run, places } = await prepared();
      if (mode === 'ok')
        await writeFile(places.config, configOf({ ...run, config: { ...run.config, steps: 100 } }, places));
      const options: Partial<Options> = mode === 'oom' ? { fault: 'oom' } : {};
      const { child, output } = await start(
        run,
        { version, ...options },
        mode === 'badconfig' ? 'x' : places.config,
      );
      const ended = once(child, 'close');
      if (mode === 'dbstop' || mode === 'sleep') {
        while (!isTraining(output.stderr)) await once(child.stderr, 'data');
        if (signal !== null) child.kill(signal);
        else new DatabaseSync(places.jobDb, { timeout: 5000 }).exec('update Job set stop = 1');
      }
      const [code, by] = await ended;
      expect([code, by]).toEqual(returncode < 0 ? [null, SIGNALS[returncode]] : [returncode, null]);
      const [, last = ''] = /^Running 1 job\n(?:running\n)?([\s\S]*)$/.exec(stdout) ?? [];
      expect(output.stdout.endsWith(last)).toBe(true);
      expect(
        output.stderr
          .trim()
          .split('\n')
          .slice(-stderr_last.length || Infinity),
      ).toEqual(stderr_last.length ? stderr_last : expect.anything());
    });
  }
}
