import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type BarStep, barSteps, isBar, parseBar } from './bars.ts';
import { type Heard, outputReader } from './output.ts';
import { segmentsOf } from './segments.ts';
import { stepsAfter } from './steps.ts';
import { range } from './testing.ts';

const recorded = (name: string) =>
  readFile(fileURLToPath(new URL(`../../../tests/fixtures/ai-toolkit/${name}`, import.meta.url)));

/** Equal seeds, equal splits. */
function dice(seed: number) {
  let state = seed;
  return (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state % limit;
  };
}

function segmentsOfChunks(chunks: Iterable<Uint8Array>) {
  const segments: string[] = [];
  const { write, end } = segmentsOf((segment) => segments.push(segment));
  for (const chunk of chunks) write(chunk);
  end();
  return segments;
}

function* splitAtRandom(bytes: Uint8Array, seed: number, most: number) {
  const roll = dice(seed);
  for (let at = 0; at < bytes.length; ) {
    const next = at + 1 + roll(most);
    yield bytes.subarray(at, next);
    at = next;
  }
}

function stepsIn(segments: string[]): BarStep[] {
  const stepOf = barSteps();
  return segments.flatMap((segment) => {
    const bar = parseBar(segment);
    const step = bar?.title === 'lora_7f3a' ? stepOf(bar) : null;
    return step ?? [];
  });
}

for (const name of ['synth_stderr.bin', 'synth_merged.bin']) {
  test(`${name}: each step once, with its loss, wherever the stream is cut`, async () => {
    const bytes = await recorded(name);
    const whole = segmentsOfChunks([bytes]);
    const steps = stepsIn(whole);
    expect(steps.map(({ step }) => step)).toEqual(range(1, 30));
    expect(steps.every(({ learningRate }) => learningRate === 1e-4)).toBe(true);
    for (const most of [1, 7, 100, 3000]) {
      for (let seed = 1; seed <= 20; seed++)
        expect(segmentsOfChunks(splitAtRandom(bytes, seed, most))).toEqual(whole);
    }
  });
}

test('the recorded losses, exponents and all', async () => {
  const steps = stepsIn(segmentsOfChunks([await recorded('synth_stderr.bin')]));
  const losses = new Map(steps.map(({ step, loss }) => [step, loss]));
  expect([1, 2, 11, 12, 13, 14, 30].map((step) => losses.get(step))).toEqual([
    0.3736, 0.4686, 0.3989, 0.4793, 0.2221, 0.4839, 0.4056,
  ]);
});

test('a bar at the end of a chunk is told at once, and not again', () => {
  const bar = 'x:  33%|███▎      | 10/30 [00:01<00:02,  9.05it/s, lr: 1.0e-04 loss: 5.379e-01]';
  const segments: string[] = [];
  const { write, end } = segmentsOf((segment) => segments.push(segment));
  write(Buffer.from(`\r${bar}`));
  expect(segments.filter(Boolean)).toEqual([bar]);
  write(Buffer.from('\nSaving'));
  end();
  expect(segments.filter(Boolean)).toEqual([bar, 'Saving']);
});

const lines: [line: string, done: number | null][] = [
  ['x:   0%|          | 0/30 [00:00<?, ?it/s]', 0],
  ['x:  33%|███▎      | 10/30 [1:00:01<22:02:00,  9.05s/it, lr: 1.0e-04 loss: 5.379e-01]', 10],
  ['x:  33%|###3      | 10/30 [00:01<00:02,  9.05it/s]', 10],
  ['model.safetensors:  12%|█▏        | 1.2G/9.8G [00:10<01:10, 120MB/s]', null],
  ['12it [00:01,  9.05it/s]', null],
];
for (const [line, done] of lines) {
  test(`a bar, and no line for a log: ${line}`, () => {
    expect(parseBar(line)?.done ?? null).toBe(done);
    expect(isBar(line)).toBe(true);
  });
}

test.each(['Loading Flux model', '  -  Found 4 images', 'loss is nan', 'a [note] at 5% of it'])(
  'no bar: %s',
  (line) => {
    expect(isBar(line)).toBe(false);
  },
);

test('not a number, and infinite, are heard as such', () => {
  const stepOf = barSteps();
  const bar = (done: number, postfix: string) => stepOf({ title: 'x', done, total: 9, postfix });
  expect(bar(0, 'lr: 1.0e-04 loss: nan')).toEqual({ step: 1, loss: Number.NaN, learningRate: 1e-4 });
  expect(bar(1, 'lr: 1.0e-04 loss: inf')).toEqual({ step: 2, loss: Infinity, learningRate: 1e-4 });
});

test('the older count, which lags by one, gives the same steps', () => {
  const stepOf = barSteps();
  // Its bar is at 0 for the first two steps, and a count is only painted when there was time.
  const painted: [number, string][] = [
    ...[
      [0, ''],
      [0, '1'],
      [0, '2'],
      [1, '2'],
      [1, '3'],
      [2, '4'],
      [3, '4'],
      [3, '5'],
    ].map(
      ([done, loss]) =>
        [Number(done), loss === '' ? '' : `lr: 1.0e-04 loss: ${loss}.000e-01`] as [number, string],
    ),
  ];
  const steps = painted.flatMap(([done, postfix]) => stepOf({ title: 'x', done, total: 9, postfix }) ?? []);
  expect(steps.map(({ step, loss }) => [step, loss])).toEqual(
    [1, 2, 3, 4, 5].map((step) => [step, step / 10]),
  );
});

async function hearRecorded(name: string, stream: 'stdout' | 'stderr' = 'stdout') {
  const heard: Heard[] = [];
  const read = outputReader({ name: 'lora_7f3a', hear: (one) => heard.push(one) });
  for (const segment of segmentsOfChunks([await recorded(name)])) read(segment, stream);
  return heard;
}

test('stages and lines of the recorded output: no bar, no config, no ornament', async () => {
  const heard = await hearRecorded('synth_merged.bin');
  const stages = heard.flatMap((one) => (one.type === 'stage' ? [one.stage] : []));
  expect(stages.filter((stage, i) => stage !== stages[i - 1])).toEqual([
    ...['loading_model', 'caching', 'sampling', 'training', 'saving', 'sampling', 'training'],
    ...['saving', 'sampling', 'training', 'sampling'],
  ]);
  const messages = heard.flatMap((one) => (one.type === 'log' ? [one.message] : []));
  expect(messages.join('\n')).not.toMatch(/\d%\||"training_folder"|####|\[A/);
  expect(messages).toContain('create LoRA network. base dim (rank): 16, alpha: 16');
  expect(heard.filter(({ type }) => type === 'saved')).toHaveLength(3);
});

test('the recorded stdout alone says the same, but for what is painted', async () => {
  const merged = await hearRecorded('synth_merged.bin');
  const alone = await hearRecorded('synth_stdout.txt');
  const saved = (heard: Heard[]) => heard.filter(({ type }) => type === 'saved');
  expect(saved(alone)).toEqual(saved(merged));
});

test('a dump without end is cut short, and so is a flood of lines', () => {
  const messages: string[] = [];
  const read = outputReader({
    name: 'x',
    hear: (one) => one.type === 'log' && messages.push(one.message),
  });
  read('y'.repeat(50_000), 'stdout');
  for (let i = 0; i < 20_000; i++) read(`line ${i}`, 'stdout');
  expect(messages[0]).toHaveLength(1001);
  expect(messages).toHaveLength(5001);
  expect(messages.at(-1)).toBe('Further lines are left out.');
});

test('steps of two sources are told once, in order, the exact number where there is one', () => {
  const told: [number, number][] = [];
  const row = (step: number, loss: number) => ({ step, loss, learningRate: 1e-4 });
  const steps = stepsAfter(
    10,
    20,
    ({ step, loss }) => told.push([step, loss]),
    () => 0,
  );
  steps.log([]);
  steps.bar(row(11, 0.111));
  steps.bar(row(12, 0.122));
  steps.tell();
  expect(told).toEqual([]);
  steps.log([row(12, 0.12222), row(13, 0.13333)]);
  steps.bar(row(13, 0.133));
  steps.tell();
  expect(told).toEqual([
    [11, 0.111],
    [12, 0.12222],
    [13, 0.13333],
  ]);
  // One whose batch did not fit into memory has no numbers; those of the next stand in.
  steps.log([row(15, 0.15)]);
  steps.log([row(12, 9)]);
  steps.tell();
  expect(told.slice(3)).toEqual([
    [14, 0.15],
    [15, 0.15],
  ]);
  steps.tellUpTo(17);
  expect(told.slice(5)).toEqual([
    [16, 0.15],
    [17, 0.15],
  ]);
  steps.bar(row(25, 1));
  steps.tellAll();
  expect(told.at(-1)?.[0]).toBe(20);
});

test('a log that stands still is left for the bar', () => {
  let now = 0;
  const told: number[] = [];
  const steps = stepsAfter(
    0,
    20,
    ({ step }) => told.push(step),
    () => now,
  );
  const bar = (step: number) => steps.bar({ step, loss: 1 / step, learningRate: 1e-4 });
  steps.log([]);
  for (const step of range(1, 5)) bar(step);
  steps.tell();
  expect(told).toEqual([]);
  now = 6000;
  bar(6);
  steps.tell();
  expect(told).toEqual(range(1, 6));
});
