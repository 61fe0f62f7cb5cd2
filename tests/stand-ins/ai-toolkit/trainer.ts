import { writeFileSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readSafetensorsHeader } from '#server/storage/safetensors.ts';
import { type Config, readConfig } from './config.ts';
import { jobRow } from './database.ts';
import { raise } from './faults.ts';
import { readOptions } from './options.ts';
import { endWith, interrupts, PythonError } from './python.ts';
import { complain, passingBar, print } from './terminal.ts';
import { trainLoop } from './train-loop.ts';

/**
 * Stands in for AI-Toolkit's `python run.py config.json`: what it prints, writes and heeds, and how it ends, is as recorded of
 * the real one (tests/fixtures/ai-toolkit), without a model. `stand-in.json` in its folder says how fast, and what goes wrong.
 */
const options = readOptions(process.cwd());
const isNew = options.version === '0.12.26';
const isDeaf = options.fault === 'deaf' || options.fault === 'hang';
const interruptible = interrupts({ isDeaf });

async function run(path: string) {
  if (options.fault === 'module') {
    complain("Traceback (most recent call last):\nModuleNotFoundError: No module named 'torch'\n");
    process.exit(1);
  }
  print('Running 1 job');
  const config = await readConfig(path);
  const { name, process: of } = config;
  print(JSON.stringify(of, null, 4));
  print(`\n${'#'.repeat(45)}\n# Running job: ${name}\n${'#'.repeat(45)}\n\n\nRunning  1 process`);
  const row = jobRow(of.sqlite_db_path, process.env.AITK_JOB_ID);
  if (row.isThere)
    print(`Using SQLite database at ${of.sqlite_db_path}\nJob ID: "${process.env.AITK_JOB_ID}"`);
  row.status('running', 'Starting');
  row.maybeStop();
  row.status('running', 'Loading model');
  await loadModel(config);
  const output = join(of.training_folder, name);
  await mkdir(join(output, 'samples'), { recursive: true });
  const start = await resume(output, name);
  row.maybeStop();
  row.status('running', 'Loading dataset');
  const photos = await loadDataset(of.datasets[0]?.folder_path ?? '');
  if (of.train.skip_first_sample) print('Skipping first sample due to config setting');
  await trainLoop({ config, options, row, output, photos, start, interruptible });
  row.status('completed', 'Training completed');
}

async function loadModel({ process: { network } }: Config) {
  for (const part of ['Loading Flux model', 'Loading transformer', 'Quantizing transformer', 'Loading VAE'])
    print(part);
  for (const part of ['Loading T5', 'Quantizing T5', 'Loading CLIP', 'Making pipe', 'Preparing Model'])
    print(part);
  complain('model.safetensors:  12%|█▏        | 1.2G/9.8G [00:10<01:10, 120MB/s]\r');
  await interruptible(pause(options.stepMs));
  if (options.faultStep === 0) raise(options.fault);
  print(`create LoRA network. base dim (rank): ${network.linear}, alpha: ${network.linear_alpha}`);
}

/** From the newest file whose name begins with that of the run. */
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

/** It writes into the folder, as the original does. */
async function loadDataset(folder: string): Promise<string[]> {
  print(`Dataset: ${folder}\n  -  Preprocessing image dimensions`);
  const photos = (await readdir(folder)).filter((file) => /\.(jpe?g|png|webp)$/.test(file)).sort();
  if (photos.length === 0 || options.fault === 'no-images')
    throw new PythonError('AssertionError', `no images found in ${folder}`);
  passingBar('', photos.length, { stays: true }).end();
  print(`  -  Found ${photos.length} images\nCaching latents for ${folder}\n - Saving latents to disk`);
  await writeFile(join(folder, '.aitk_size.json'), '{}');
  await mkdir(join(folder, '_latent_cache'), { recursive: true });
  passingBar('Caching latents to disk', photos.length, { stays: true }).end();
  return photos.map((photo) => join(folder, photo));
}

if (process.argv[2] === '--version') print('Python 3.12.3');
else {
  writeFileSync(join(process.cwd(), 'seen-environment.json'), JSON.stringify(process.env));
  await run(process.argv[3] ?? '').then(
    () => process.exit(0),
    (error: unknown) => endWith(error, { isNew }),
  );
}
