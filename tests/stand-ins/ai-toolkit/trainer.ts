import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readSafetensorsHeader } from '#server/storage/safetensors.ts';
import { jobRow, lossLog } from './database.ts';
import { PythonError, raise } from './faults.ts';
import { drawSample, pruneSaves, saveLora } from './files.ts';
import { readOptions } from './options.ts';
import { complain, exponent, passingBar, print, trainBar } from './terminal.ts';

/**
 * Stands in for AI-Toolkit's `python run.py config.json`: what it prints, writes and heeds, and how it ends, is as recorded of
 * the real one (tests/fixtures/ai-toolkit), without a model. `stand-in.json` in its folder says how fast, and what goes wrong.
 */
const options = readOptions(process.cwd());
const isNew = options.version === '0.12.26';
const isFault = (fault: string, step = options.faultStep) =>
  options.fault === fault && step === options.faultStep;

type Config = {
  name: string;
  process: {
    type: string;
    training_folder: string;
    sqlite_db_path?: string;
    trigger_word: string;
    network: { linear: number; linear_alpha: number };
    save: { save_every: number; max_step_saves_to_keep: number };
    datasets: { folder_path: string }[];
    train: {
      steps: number;
      lr: number;
      lr_scheduler: string;
      disable_sampling: boolean;
      skip_first_sample: boolean;
    };
    logging: { use_ui_logger: boolean };
    model: { name_or_path: string; arch: string };
    sample: {
      sample_every: number;
      width: number;
      height: number;
      samples: { prompt: string; seed: number }[];
      format: string;
    };
  }[];
};

async function readConfig(path: string): Promise<{ config: Config; meta: Record<string, string> }> {
  if (!existsSync(path)) throw new PythonError('ValueError', `Could not find config file ${path}`);
  const text = (await readFile(path, 'utf8')).replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined)
      throw new PythonError('ValueError', `Environment variable ${name} not set. Please define it.`);
    return value;
  });
  const { config } = JSON.parse(text);
  return JSON.parse(JSON.stringify(JSON.parse(text)).replaceAll('[name]', config.name));
}

function processOf({ process: [only] }: Config) {
  if (only === undefined) throw new PythonError('ValueError', 'config file error. Missing "config.process" key');
  return only;
}

/** Options in a prompt would be obeyed; ours has none that may be. */
function parsePrompt(prompt: string) {
  if (prompt.includes(' --')) throw new PythonError('ValueError', `invalid literal for int(): ${prompt}`);
}

const interrupt = Promise.withResolvers<never>();
// Awaited only where Python would look.
interrupt.promise.catch(() => {});
class KeyboardInterrupt extends Error {}
process.on('SIGINT', () => {
  if (!isFault('deaf') && !isFault('hang')) interrupt.reject(new KeyboardInterrupt());
});
const work = <Result>(promise: Promise<Result>) => Promise.race([promise, interrupt.promise]);

async function run(path: string) {
  if (options.fault === 'module') {
    complain("Traceback (most recent call last):\nModuleNotFoundError: No module named 'torch'\n");
    process.exit(1);
  }
  print('Running 1 job');
  const { config, meta } = await readConfig(path);
  const { name } = config;
  const [of] = config.process;
  if (of === undefined)
    throw new PythonError('ValueError', 'config file error. Missing "config.process" key');
  print(JSON.stringify(of, null, 4));
  print(`\n${'#'.repeat(45)}\n# Running job: ${name}\n${'#'.repeat(45)}\n\n\nRunning  1 process`);
  const row = jobRow(of.sqlite_db_path, process.env.AITK_JOB_ID);
  if (row.isThere)
    print(`Using SQLite database at ${of.sqlite_db_path}\nJob ID: "${process.env.AITK_JOB_ID}"`);
  row.status('running', 'Starting');
  const maybeStop = () => {
    if (row.isStopAsked()) {
      row.status('stopped', 'Job stopped');
      throw new PythonError('Exception', 'Job stopped');
    }
    if (row.isReturnAsked()) throw new PythonError('Exception', 'Job returning to queue');
  };
  const output = join(of.training_folder, name);
  await mkdir(join(output, 'samples'), { recursive: true });

  maybeStop();
  row.status('running', 'Loading model');
  for (const line of [
    'Loading Flux model',
    'Loading transformer',
    'Quantizing transformer',
    'Loading VAE',
    'Making pipe',
    'Preparing Model',
  ])
    print(line);
  complain('model.safetensors:  12%|█▏        | 1.2G/9.8G [00:10<01:10, 120MB/s]\r');
  await work(pause(options.stepMs));
  if (options.faultStep === 0 && options.fault !== 'no-images') raise(options.fault ?? 'hang');
  print(`create LoRA network. base dim (rank): ${of.network.linear}, alpha: ${of.network.linear_alpha}`);
  const start = await resume(output, name);

  maybeStop();
  row.status('running', 'Loading dataset');
  const dataset = of.datasets[0]?.folder_path ?? '';
  print(`Dataset: ${dataset}\n  -  Preprocessing image dimensions`);
  const photos = (await readdir(dataset)).filter((file) => /\.(jpe?g|png|webp)$/.test(file)).sort();
  if (photos.length === 0 || options.fault === 'no-images')
    throw new PythonError('AssertionError', `no images found in ${dataset}`);
  passingBar('', photos.length, { stays: true }).end();
  print(`  -  Found ${photos.length} images\nCaching latents for ${dataset}\n - Saving latents to disk`);
  await writeFile(join(dataset, '.aitk_size.json'), '{}');
  await mkdir(join(dataset, '_latent_cache'), { recursive: true });
  passingBar('Caching latents to disk', photos.length, { stays: true }).end();
  const seed = Number(process.env.SEED ?? 0);
  for (const { prompt } of of.sample.samples) parsePrompt(prompt);

  const lora = (step: number) => ({
    arch: of.model.arch,
    name,
    rank: of.network.linear,
    alpha: of.network.linear_alpha,
    seed,
    step,
    triggerWord: of.trigger_word,
    meta,
  });

  async function save(step: number | null) {
    maybeStop();
    row.status('running', 'Saving model');
    const file =
      step === null ? `${name}.safetensors` : `${name}_${String(step).padStart(9, '0')}.safetensors`;
    const saved = step ?? of.train.steps;
    if (step !== null && isFault('disk', step)) raise('disk');
    const isPartial = step === null ? options.fault === 'bad-final' : isFault('partial-checkpoint', step);
    if (step !== null || options.fault !== 'no-final')
      await saveLora(
        join(output, file),
        lora(step === null && options.fault === 'early-final' ? saved - 1 : saved),
        { folder: of.training_folder, share: isPartial ? 0.5 : 1 },
      );
    if (step !== null && isPartial) process.kill(process.pid, 'SIGKILL');
    print(`Saved checkpoint to ${join(output, file)}`);
    await writeFile(join(output, 'optimizer.pt'), 'A stand-in of an optimizer.');
    print(`Saved optimizer to ${join(output, 'optimizer.pt')}`);
    await pruneSaves(output, name, of.save.max_step_saves_to_keep, print);
    maybeStop();
    row.status('running', 'Training');
  }

  async function sample(step: number, isNested: boolean) {
    maybeStop();
    const { samples, width, height, format } = of.sample;
    row.status('running', `Generating images - 0/${samples.length}`);
    const bar = passingBar('Generating Images', samples.length, { isNested });
    for (const [i, { seed: ofSample }] of samples.entries()) {
      maybeStop();
      await work(
        drawSample({
          photo: join(dataset, photos[i % photos.length] ?? ''),
          folder: join(output, 'samples'),
          file: `${Date.now()}__${String(step).padStart(9, '0')}_${i}.${format}`,
          width,
          height,
          seed: ofSample,
          share: step / of.train.steps,
          isAtomic: isNew,
        }),
      );
    }
    bar.end();
    print();
    row.status('running', 'Training');
  }

  if (of.train.skip_first_sample) print('Skipping first sample due to config setting');
  else if (!of.train.disable_sampling) {
    print('Generating baseline samples before training');
    await sample(0, false);
  }
  if (options.fault === 'child')
    spawn('/bin/sh', ['-c', 'trap "" INT TERM; while :; do sleep 1; done'], {
      stdio: 'inherit',
      env: process.env,
    });

  const numbers =
    options.hasLossLog && of.logging.use_ui_logger ? lossLog(join(output, 'loss_log.db')) : null;
  row.status('running', 'Training');
  const { steps } = of.train;
  const bar = trainBar(name, steps, start);
  const isFirst = (step: number) => step === start;
  for (let step = start; step < steps; step++) {
    await work(pause(options.stepMs));
    await misbehave(step);
    const isBroken = options.fault === 'nan' && step >= options.faultStep;
    const loss = isBroken ? Number.NaN : lossOf(seed, step);
    const rate = rateOf(of.train, step);
    bar.say(`lr: ${exponent(rate, 1)} loss: ${exponent(loss, 3)}`);
    if (step % of.save.save_every === 0 && !isFirst(step)) {
      complain('\n');
      print(`\nSaving at step ${step}`);
      await save(step);
    }
    if (step % of.sample.sample_every === 0 && !isFirst(step) && !of.train.disable_sampling)
      await sample(step, true);
    if (!isFirst(step)) numbers?.commit(step, { learning_rate: rate, 'loss/loss': loss });
    bar.reach(isNew ? step + 1 : step);
    row.step(step + 1);
    maybeStop();
    if (isNew && row.isSaveAsked()) {
      row.saveHeard();
      print(`\nSaving at step ${step + 1}`);
      await save(step + 1);
      await save(step + 1);
    }
  }
  bar.close();
  if (!of.train.disable_sampling) await sample(steps, false);
  print();
  await save(null);
  numbers?.finish();
  row.status('completed', 'Training completed');
}

/** The newest file whose name begins with that of the run. */
async function resume(output: string, name: string): Promise<number> {
  const files = (await readdir(output)).filter(
    (file) => file.startsWith(name) && file.endsWith('.safetensors'),
  );
  const aged = await Promise.all(
    files.map(async (file) => ({ file, at: (await stat(join(output, file))).ctimeMs })),
  );
  const newest = aged.sort((a, b) => b.at - a.at)[0];
  if (newest === undefined) return 0;
  const path = join(output, newest.file);
  print(`#### IMPORTANT RESUMING FROM ${path} ####\nLoading from ${path}`);
  const { metadata } = await readSafetensorsHeader(path);
  const { step } = JSON.parse(metadata.get('training_info') ?? '{}');
  if (step === undefined || options.fault === 'forgets') return 0;
  print(`Found step ${step} in metadata, starting from there`);
  return step;
}

async function misbehave(step: number) {
  const { fault, faultStep } = options;
  if (fault === null || step < faultStep) return;
  if (fault === 'nan-lines') print('loss is nan');
  if (step > faultStep || faultStep === 0) return;
  if (fault === 'killed') process.kill(process.pid, 'SIGKILL');
  if (fault === 'interrupted') throw new KeyboardInterrupt();
  if (fault === 'hang') await pause(2 ** 30);
  if (fault === 'oom') {
    for (let i = 1; i <= 3; i++)
      print(`\n${'#'.repeat(49)}\n# OOM during training step, skipping batch ${i}/3 #\n${'#'.repeat(49)}`);
    throw new PythonError('RuntimeError', 'OOM during training step 3 times in a row, aborting training');
  }
  if (fault !== 'disk') raise(fault);
}

/** Falls, with noise, and always the same. */
function lossOf(seed: number, step: number): number {
  const noise = Math.abs(Math.sin((seed % 1000) + step * 12.9898) * 43_758.5453) % 1;
  return 0.05 + 0.4 * Math.exp(-step / 300) + 0.1 * noise;
}

function rateOf({ lr, lr_scheduler: scheduler, steps }: Config['process'][number]['train'], step: number) {
  if (scheduler === 'linear') return lr * (1 - step / steps);
  if (scheduler.startsWith('cosine')) return (lr / 2) * (1 + Math.cos((Math.PI * step) / steps));
  return lr;
}

const RULE = '='.repeat(40);

/** Ends as Python does: by an exit code, or by the signal itself. */
function end(error: unknown) {
  if (error instanceof KeyboardInterrupt) {
    print('on_error: KeyboardInterrupt ');
    if (isNew) {
      print(`\n${RULE}\nJob stopped\n${RULE}`);
      process.exit(0);
    }
    print(`\n${RULE}\nResult:\n - 0 completed jobs\n${RULE}`);
    complain('Traceback (most recent call last):\nKeyboardInterrupt\n');
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
    return;
  }
  const type = error instanceof PythonError ? error.type : 'RuntimeError';
  const message = error instanceof Error ? error.message : String(error);
  const isEarly = message.startsWith('Could not find config file');
  print(`Error running job: ${message}`);
  print(
    isEarly
      ? "Error running on_error: cannot access local variable 'job' where it is not associated with a value"
      : `on_error: ${type} ${message}`,
  );
  print(`\n${RULE}\nResult:\n - 0 completed jobs\n - 1 failure\n${RULE}`);
  complain(`Traceback (most recent call last):\n${type}: ${message}\n`);
  process.exit(1);
}

if (process.argv[2] === '--version') print('Python 3.12.3');
else {
  writeFileSync(join(process.cwd(), 'seen-environment.json'), JSON.stringify(process.env));
  await run(process.argv[3] ?? '').then(() => process.exit(0), end);
}
