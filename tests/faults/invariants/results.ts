import type { Look } from './look.ts';

type Training = {
  id: string;
  state: string;
  step: number;
  steps: number;
  from: number;
  config: { sampleEvery: number; samplePrompts: string[] };
  metrics: number[];
  samples: string[];
  loras: number;
};

/** One attempt's result is stored: one LoRA, a curve without hole, the samples as configured; without the end, no LoRA. */
export async function trainingsAreWhole({ sql }: Look): Promise<string[]> {
  const trainings = await sql<Training[]>`
    select j.id, j.state, j.step, j.steps, t.config,
      coalesce((select step from checkpoints where id = t.resumed_from_id), 0) as from,
      array(select step from training_metrics where job_id = j.id order by step) as metrics,
      array(select step || '/' || prompt_index from samples where job_id = j.id order by step, prompt_index) as samples,
      (select count(*)::int from loras where job_id = j.id) as loras
    from jobs j join trainings t on t.job_id = j.id`;
  return trainings.flatMap((training) => {
    const { id, state, metrics, samples, loras, from } = training;
    const isCompleted = state === 'completed';
    const last = isCompleted ? training.steps : (metrics.at(-1) ?? from);
    const expected = Array.from({ length: last - from }, (_, i) => from + i + 1);
    const isWhole = metrics.length === expected.length && metrics.every((step, i) => step === expected[i]);
    const wanted = samplesOf(training);
    return [
      ...(isWhole ? [] : [`training ${id} (${state}) has a curve with holes: ${gapsOf(metrics, expected)}`]),
      ...(isCompleted && samples.join() !== wanted.join()
        ? [`training ${id} has samples ${samples.join()} instead of ${wanted.join()}`]
        : []),
      ...(loras > (isCompleted ? 1 : 0) || (isCompleted && loras < 1)
        ? [`training ${id} (${state}) has ${loras} LoRAs`]
        : []),
    ];
  });
}

/** At every multiple of `sampleEvery`, and at the end. */
function samplesOf({ config, steps, from }: Training) {
  const { sampleEvery, samplePrompts } = config;
  const all = Array.from({ length: steps - from }, (_, i) => from + i + 1);
  const at = all.filter((step) => step % sampleEvery === 0 || step === steps);
  return at.flatMap((step) => samplePrompts.map((_, prompt) => `${step}/${prompt}`));
}

function gapsOf(metrics: number[], expected: number[]) {
  const there = new Set(metrics);
  const missing = expected.filter((step) => !there.has(step));
  return `${metrics.length} points for ${expected.length} steps, missing ${missing.slice(0, 5).join(', ') || 'none'}`;
}

type Generation = { id: string; state: string; count: number; indexes: number[] };

/** Every image once; all of them when it is completed. That none is double, the table itself does not allow. */
export async function generationsAreWhole({ sql }: Look): Promise<string[]> {
  const generations = await sql<Generation[]>`
    select j.id, j.state, g.count, array(select index from outputs where job_id = j.id order by index) as indexes
    from jobs j join generations g on g.job_id = j.id`;
  return generations.flatMap(({ id, state, count, indexes }) => {
    const isInside = indexes.every((index) => index < count);
    const isWhole = indexes.length === count || state !== 'completed';
    return isInside && isWhole
      ? []
      : [`generation ${id} (${state}) has images ${indexes.join()} of ${count}`];
  });
}

/** Each has what it downloads; of those that are open no two have the same, and one that is completed was held against a checksum. */
export async function downloadsAreWhole({ sql }: Look): Promise<string[]> {
  const rows = await sql<{ id: string; state: string; modelId: string | null; sha256: string | null }[]>`
    select j.id, j.state, d.model_id as "modelId", d.sha256
    from jobs j left join downloads d on d.job_id = j.id where j.kind = 'download'`;
  const open = rows.filter(({ state }) => state === 'queued' || state === 'running');
  return rows.flatMap(({ id, state, modelId, sha256 }) => [
    ...(modelId === null ? [`download ${id} (${state}) is of no model`] : []),
    ...(state === 'completed' && sha256 === null ? [`download ${id} was held against nothing`] : []),
    ...(open.some((other) => other.id === id) && open.filter((other) => other.modelId === modelId).length > 1
      ? [`download ${id} (${state}) is not the only one of ${modelId}`]
      : []),
  ]);
}
