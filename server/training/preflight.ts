import { and, avg, desc, eq, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { trainings } from '#schema/training.ts';
import { engineNames, trainingNeeds } from '../capabilities.ts';
import { db } from '../db.ts';
import type { TrainingPlan } from '../engines/engine.ts';
import { InvalidInput, UserError } from '../errors.ts';
import { checkedConfig, type StartTrainingInput } from './config.ts';
import { diskBytesOf, type Finding, findingsOn, photosFindings } from './preflight-findings.ts';

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
