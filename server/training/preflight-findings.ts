import { eq } from 'drizzle-orm';
import { images } from '#schema/images.ts';
import type { TrainingConfig } from '#schema/training.ts';
import { engineNames, trainingNeeds } from '../capabilities.ts';
import { db } from '../db.ts';
import type { TrainingPlan } from '../engines/engine.ts';
import { env } from '../env.ts';
import { isId } from '../errors.ts';
import { serversOf } from '../jobs/engine-health.ts';
import { storage } from '../storage/volume.ts';

export type Finding = {
  severity: 'error' | 'warning' | 'info';
  /** For programs. */
  code: string;
  message: string;
  advice: string | null;
};

const GIGABYTE = 1e9;
const MEGABYTE = 1e6;
const inWords = (bytes: number) =>
  bytes >= GIGABYTE ? `${(bytes / GIGABYTE).toFixed(1)} GB` : `${Math.ceil(bytes / MEGABYTE)} MB`;

/** What is known of a training before it is started, of its engine, GPU, base model and disk. */
export async function findingsOn(plan: TrainingPlan): Promise<Finding[]> {
  const servers = await serversOf(`training.${engineNames.training}`);
  return [
    ...engineFindings(servers),
    ...(await memoryFindings(plan, servers)),
    ...(await modelFindings(plan)),
    ...(await diskFindings(plan)),
  ];
}

type Servers = Awaited<ReturnType<typeof serversOf>>;

function engineFindings(servers: Servers): Finding[] {
  if (servers.length === 0)
    return [
      {
        ...{ severity: 'warning', code: 'NO_WORKER', message: 'No worker that trains runs now.' },
        advice: 'The training waits until one is started.',
      },
    ];
  const reports = servers.map(({ report }) => report).filter((report) => report !== null);
  if (reports.length === 0 || reports.some(({ isHealthy }) => isHealthy)) return [];
  const message = `The engine cannot train now: ${reports[0]?.message}`;
  return [{ severity: 'error', code: 'ENGINE_NOT_HEALTHY', message, advice: null }];
}

const NO_GPU: Finding = {
  ...{
    severity: 'warning',
    code: 'NO_GPU',
    message: 'No worker that trains has a GPU that nvidia-smi knows.',
  },
  advice: 'Look at the driver of the GPU, and at CUDA_VISIBLE_DEVICES.',
};

/** As makers of GPUs count it: a card of 24 GB has 24 × 2^30 bytes. */
const memoryInWords = (bytes: number) => `${Math.round(bytes / 2 ** 30)} GB`;

/** Estimates err, so only what is far beyond the largest GPU is refused. */
const HOPELESS = 1.25;

async function memoryFindings(plan: TrainingPlan, servers: Servers): Promise<Finding[]> {
  const { vramBytes } = await trainingNeeds(plan);
  const known = servers.filter((server) => server.gpuMemoryBytes !== null);
  if (vramBytes === null || servers.length === 0) return [];
  if (known.length === 0) return [NO_GPU];
  const largest = known.reduce((a, b) => ((b.gpuMemoryBytes ?? 0) > (a.gpuMemoryBytes ?? 0) ? b : a));
  const has = largest.gpuMemoryBytes ?? 0;
  if (vramBytes <= has) return [];
  return [
    {
      severity: vramBytes > HOPELESS * has ? 'error' : 'warning',
      code: 'GPU_MEMORY',
      message: `It takes about ${memoryInWords(vramBytes)} of GPU memory; ${largest.gpuName ?? 'the largest GPU'} has ${memoryInWords(has)}.`,
      advice: 'Train at a lower resolution or batch size, or for a smaller base model.',
    },
  ];
}

/** The token is that of the worker; where this server has none either, it is worth a look. */
async function modelFindings(plan: TrainingPlan): Promise<Finding[]> {
  const { licence } = await trainingNeeds(plan);
  if (licence?.isGated !== true || env.HF_TOKEN !== undefined) return [];
  return [
    {
      severity: 'warning',
      code: 'MODEL_GATED',
      message: `${plan.baseModel} is given only to who has accepted its licence (${licence.name}), and HF_TOKEN is not set here.`,
      advice: `Accept it at ${licence.url}, and set HF_TOKEN for the worker, unless the model is there already.`,
    },
  ];
}

async function diskFindings(plan: TrainingPlan): Promise<Finding[]> {
  const [needed, free] = [await diskBytesOf(plan), await storage.freeBytes()];
  const left = free - env.MIN_FREE_MB * MEGABYTE;
  if (needed <= left) return [];
  return [
    {
      severity: 'error',
      code: 'DISK_SPACE',
      message: `It writes about ${inWords(needed)}; the volume has ${inWords(Math.max(0, left))} left for it.`,
      advice: 'Free some space, keep fewer checkpoints or lower the rank.',
    },
  ];
}

/**
 * What is kept, one more while it comes, the LoRA, the samples, and what the engine needs meanwhile; where samples are compared with the
 * photos, also the best checkpoint and one that waits for its score.
 */
export async function diskBytesOf(plan: TrainingPlan): Promise<number> {
  const { checkpointBytes, sampleBytes, workBytes } = await trainingNeeds(plan);
  const { keepCheckpoints, samplePrompts } = plan.config;
  const ofScores = samplePrompts.length > 0 && env.IDENTITY_SCORES === 'on' ? 2 : 0;
  return (
    (keepCheckpoints + 2 + ofScores) * checkpointBytes + samplesOf(plan.config) * sampleBytes + workBytes
  );
}

const samplesOf = ({ steps, sampleEvery, samplePrompts }: TrainingConfig) =>
  (Math.floor(steps / sampleEvery) + 1) * samplePrompts.length;

const FEW_PHOTOS = 10;
const BEST_PHOTOS = 20;

/** 10 photos are the floor, 20 to 30 are best. */
export async function photosFindings(characterId: string): Promise<Finding[]> {
  const count = isId(characterId) ? await db.$count(images, eq(images.characterId, characterId)) : 0;
  const finding = (severity: Finding['severity'], code: string, message: string): Finding[] => [
    { severity, code, message, advice: '20 to 30 varied photos train best.' },
  ];
  if (count === 0) return finding('error', 'TOO_FEW_IMAGES', 'There are no photos yet.');
  const have = count === 1 ? 'There is 1 photo' : `There are ${count} photos`;
  if (count < FEW_PHOTOS)
    return finding('warning', 'FEW_IMAGES', `${have}: it will learn these pictures more than the character.`);
  return count < BEST_PHOTOS ? finding('info', 'FEW_IMAGES', `${have}: enough to start with.`) : [];
}
