import { and, avg, desc, eq, sql } from 'drizzle-orm';
import { images } from '#schema/images.ts';
import { jobs } from '#schema/jobs.ts';
import { type TrainingConfig, trainings } from '#schema/training.ts';
import { engineNames, trainingNeeds } from '../capabilities.ts';
import { db } from '../db.ts';
import type { TrainingPlan } from '../engines/engine.ts';
import { env } from '../env.ts';
import { InvalidInput, isId, UserError } from '../errors.ts';
import { serversOf } from '../jobs/engine-health.ts';
import { storage } from '../storage/volume.ts';
import { checkedConfig, type StartTrainingInput } from './config.ts';

export type Finding = {
  severity: 'error' | 'warning' | 'info';
  /** For programs. */
  code: string;
  message: string;
  advice: string | null;
};

export type Preflight = {
  findings: Finding[];
  /** What it will write; null while the input is not right. */
  diskBytes: number | null;
  vramBytes: number | null;
  /** From trainings like this one; null before the first. */
  forecastSeconds: number | null;
};

/** The training would not get far. Nothing was started. */
export class PreflightFailed extends UserError {
  readonly code = 'PREFLIGHT_FAILED';
  readonly findings: Finding[];

  constructor(findings: Finding[]) {
    super(findings.map(({ message }) => message).join(' '));
    this.findings = findings;
  }
}

const GIGABYTE = 1e9;
const MEGABYTE = 1e6;
const inWords = (bytes: number) =>
  bytes >= GIGABYTE ? `${(bytes / GIGABYTE).toFixed(1)} GB` : `${Math.ceil(bytes / MEGABYTE)} MB`;

/** What is known beforehand of how a training will go: what keeps it from going, what may, what it takes. */
export async function preflightOf(input: StartTrainingInput): Promise<Preflight> {
  const photos = await photosFindings(input.characterId);
  try {
    const plan = await checkedConfig(input);
    const { vramBytes } = await trainingNeeds(plan);
    return {
      findings: [...(await findingsOn(plan)), ...photos],
      diskBytes: await diskBytesOf(plan),
      vramBytes,
      forecastSeconds: await forecastOf(plan),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const findings = [...refusals(error), ...photos];
    return { findings, diskBytes: null, vramBytes: null, forecastSeconds: null };
  }
}

/** Throws when it could only fail. What may change while it waits in line is no reason. */
export async function checkPreflight(plan: TrainingPlan) {
  const errors = (await findingsOn(plan)).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new PreflightFailed(errors);
}

const refusals = (error: UserError): Finding[] =>
  (error instanceof InvalidInput
    ? error.issues.map((issue) => `${issue.field}: ${issue.message}`)
    : [error.message]
  ).map((message) => ({ severity: 'error', code: error.code, message, advice: null }));

async function findingsOn(plan: TrainingPlan): Promise<Finding[]> {
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

/** What is kept, one more while it comes, the LoRA, the samples, and what the engine needs meanwhile. */
async function diskBytesOf(plan: TrainingPlan): Promise<number> {
  const { checkpointBytes, sampleBytes, workBytes } = await trainingNeeds(plan);
  const { keepCheckpoints } = plan.config;
  return (keepCheckpoints + 2) * checkpointBytes + samplesOf(plan.config) * sampleBytes + workBytes;
}

const samplesOf = ({ steps, sampleEvery, samplePrompts }: TrainingConfig) =>
  (Math.floor(steps / sampleEvery) + 1) * samplePrompts.length;
const FORECAST_FROM = 20;

/** Seconds that a step took, all in all, in the last trainings with this engine, base model and resolution, times the steps. */
async function forecastOf({ baseModel, config }: TrainingPlan): Promise<number | null> {
  const last = db
    .select({
      seconds: sql<number>`extract(epoch from ${jobs.finishedAt} - ${jobs.startedAt}) / ${jobs.steps}`.as(
        'seconds',
      ),
    })
    .from(jobs)
    .innerJoin(trainings, eq(trainings.jobId, jobs.id))
    .where(
      and(
        ...[eq(jobs.kind, 'training'), eq(jobs.state, 'completed'), eq(jobs.engine, engineNames.training)],
        ...[
          eq(trainings.baseModel, baseModel),
          sql`${trainings.config} ->> 'resolution' = ${String(config.resolution)}`,
        ],
      ),
    )
    .orderBy(desc(jobs.id))
    .limit(FORECAST_FROM)
    .as('last');
  const [row] = await db.select({ seconds: avg(last.seconds) }).from(last);
  return row?.seconds == null ? null : Number(row.seconds) * config.steps;
}

const FEW_PHOTOS = 10;
const BEST_PHOTOS = 20;

async function photosFindings(characterId: string): Promise<Finding[]> {
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
