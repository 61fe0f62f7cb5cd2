import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config, Process } from './config.ts';
import { type jobRow, lossLog } from './database.ts';
import { is, isLeftOut, misbehave, raise, startDaemon, startDeafChild } from './faults.ts';
import { drawSample, pruneSaves, saveLora } from './files.ts';
import type { Options } from './options.ts';
import { complain, exponent, passingBar, print, trainBar } from './terminal.ts';

export type Loop = {
  config: Config;
  options: Options;
  row: ReturnType<typeof jobRow>;
  output: string;
  photos: string[];
  /** Of a checkpoint, whose step is done again; 0 without one. */
  start: number;
  interruptible: <Result>(promise: Promise<Result>) => Promise<Result>;
};

const seed = Number(process.env.SEED ?? 0);
const padded = (step: number) => String(step).padStart(9, '0');

/** Steps count from 0 here, as in the original; what is saved after `step` has that number. */
export async function trainLoop(loop: Loop) {
  const { config, options, row, output, start, interruptible } = loop;
  const { train, save: saving, sample: sampling, logging } = config.process;
  const isNew = options.version === '0.12.26';
  if (options.fault === 'child') startDeafChild();
  if (options.fault === 'daemon') startDaemon();
  const numbers = options.hasLossLog && logging.use_ui_logger ? lossLog(join(output, 'loss_log.db')) : null;
  row.status('running', 'Training');
  const bar = trainBar(config.name, train.steps, start);

  for (let step = start; step < train.steps; step++) {
    await interruptible(pause(options.stepMs));
    await misbehave(options, step);
    const loss = lossOf(options, step);
    const rate = rateOf(train, step);
    const hasLoss = !isLeftOut(options, step);
    if (hasLoss) bar.say(`lr: ${exponent(rate, 1)} loss: ${exponent(loss, 3)}`);
    const isFirst = step === start;
    if (step % saving.save_every === 0 && !isFirst) {
      complain('\n');
      print(`\nSaving at step ${step}`);
      await save(loop, step);
    }
    if (step % sampling.sample_every === 0 && !isFirst) await sample(loop, step, true);
    // Of a step that was left out there is a learning rate, and no loss.
    if (!isFirst)
      numbers?.commit(step, hasLoss ? { learning_rate: rate, 'loss/loss': loss } : { learning_rate: 0 });
    bar.reach(isNew ? step + 1 : step);
    row.step(step + 1);
    row.maybeStop();
    if (isNew && row.isSaveAsked()) {
      row.saveHeard();
      print(`\nSaving at step ${step + 1}`);
      // Twice, as some versions do: a file that was complete is written over.
      for (let i = 0; i < 2; i++) await save(loop, step + 1);
    }
  }

  bar.close();
  await sample(loop, train.steps, false);
  print();
  await save(loop, null);
  numbers?.finish();
}

async function save({ config, options, row, output }: Loop, step: number | null) {
  const { name, process: of, meta } = config;
  row.maybeStop();
  row.status('running', 'Saving model');
  if (step !== null && is(options, 'disk', step)) raise('disk');
  const path = join(output, step === null ? `${name}.safetensors` : `${name}_${padded(step)}.safetensors`);
  const isPartial = step === null ? options.fault === 'bad-final' : is(options, 'partial-checkpoint', step);
  const saved = options.fault === 'early-final' && step === null ? of.train.steps - 1 : of.train.steps;
  const lora = {
    ...{ name, meta, seed, arch: of.model.arch, step: step ?? saved, triggerWord: of.trigger_word },
    ...{ rank: of.network.linear, alpha: of.network.linear_alpha },
  };
  if (step !== null || options.fault !== 'no-final')
    await saveLora(path, lora, { folder: of.training_folder, share: isPartial ? 0.5 : 1 });
  if (step !== null && isPartial) process.kill(process.pid, 'SIGKILL');
  print(`Saved checkpoint to ${path}`);
  await writeFile(join(output, 'optimizer.pt'), 'A stand-in of an optimizer.');
  print(`Saved optimizer to ${join(output, 'optimizer.pt')}`);
  await pruneSaves(output, name, of.save.max_step_saves_to_keep, print);
  row.maybeStop();
  row.status('running', 'Training');
}

async function sample(loop: Loop, step: number, isNested: boolean) {
  const { config, options, row, output, photos, interruptible } = loop;
  const { samples, width, height, format } = config.process.sample;
  if (config.process.train.disable_sampling) return;
  row.maybeStop();
  row.status('running', `Generating images - 0/${samples.length}`);
  const bar = passingBar('Generating Images', samples.length, { isNested });
  for (const [i, { seed: ofSample }] of samples.entries()) {
    row.maybeStop();
    const file = `${Date.now()}__${padded(step)}_${i}.${format}`;
    const drawn = {
      seed: ofSample,
      share: step / config.process.train.steps,
      photo: photos[i % photos.length] ?? '',
    };
    const given = options.samples[step];
    const picture = given === undefined ? drawn : { seed: 0, share: 1, photo: given };
    const isAtomic = options.version === '0.12.26';
    await interruptible(
      drawSample({ ...picture, width, height, isAtomic, folder: join(output, 'samples'), file }),
    );
  }
  bar.end();
  print();
  row.status('running', 'Training');
}

/** Falls, with noise, and always the same. */
function lossOf({ fault, faultStep }: Options, step: number): number {
  if (fault === 'nan' && step >= faultStep) return Number.NaN;
  const noise = Math.abs(Math.sin((seed % 1000) + step * 12.9898) * 43_758.5453) % 1;
  return 0.05 + 0.4 * Math.exp(-step / 300) + 0.1 * noise;
}

function rateOf({ lr, lr_scheduler: scheduler, steps }: Process['train'], step: number) {
  if (scheduler === 'linear') return lr * (1 - step / steps);
  if (scheduler.startsWith('cosine')) return (lr / 2) * (1 + Math.cos((Math.PI * step) / steps));
  return lr;
}
