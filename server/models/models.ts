import { desc, inArray } from 'drizzle-orm';
import { downloads } from '#schema/models.ts';
import { engineNames } from '../capabilities.ts';
import { db } from '../db.ts';
import { violates } from '../db-errors.ts';
import { NotFound, UserError } from '../errors.ts';
import { type Asked, type Creation, createOnce } from '../idempotency.ts';
import { findJob, type JobDetails, jobsByIds, queueOf } from '../jobs/jobs.ts';
import { listQueues } from '../jobs/queues.ts';
import { createJob, SOLE_OPEN } from '../jobs/record.ts';
import { CATALOGUE, type CatalogueModel, findModel } from './catalogue.ts';
import { type Presence, presenceOf } from './installed.ts';
import { stepsOf } from './progress.ts';
import { sweepParts } from './sweep-parts.ts';

export type Download = JobDetails & { download: NonNullable<JobDetails['download']> };
export const isDownload = (job: JobDetails | null): job is Download => job?.download != null;

/** `unsupported`: why it cannot be downloaded now; null when it can. `problem`: what is wrong with the file that is there. */
export type Model = CatalogueModel & Presence & { unsupported: string | null; problem: string | null };

export class CannotDownload extends UserError {
  readonly code = 'CANNOT_DOWNLOAD';
  readonly modelId: string;

  constructor(modelId: string, reason: string) {
    super(reason);
    this.modelId = modelId;
  }
}

export class AlreadyDownloading extends UserError {
  readonly code = 'ALREADY_DOWNLOADING';
  readonly modelId: string;

  constructor({ id, label }: Pick<CatalogueModel, 'id' | 'label'>) {
    super(`${label} is being downloaded already.`);
    this.modelId = id;
  }
}

/** The whole catalogue, with what is there and what can be had. */
export async function listModels(): Promise<Model[]> {
  const [presences, hasWorker] = await Promise.all([presenceOf(CATALOGUE), canAnybodyDownload()]);
  return CATALOGUE.map((model, i) => {
    const presence = presences[i] ?? { isInstalled: null, file: null, fileBytes: null };
    const problem = problemOf(model, presence);
    return { ...model, ...presence, problem, unsupported: problem ?? whyNot(model, presence, hasWorker) };
  });
}

/** A worker serves downloads only where the folder is that they go to, which may be another machine than this one. */
async function canAnybodyDownload(): Promise<boolean> {
  const line = queueOf({ kind: 'download', engine: engineNames.download });
  return (await listQueues()).some(({ name, workers }) => name === line && workers > 0);
}

function problemOf({ label, bytes }: CatalogueModel, { file, fileBytes }: Presence): string | null {
  if (bytes === null || fileBytes === null || fileBytes === bytes) return null;
  return `${file} is another file than ${label}, or not all of it: it has ${count(fileBytes)} bytes instead of ${count(bytes)}. Move it away to download it.`;
}

const count = (bytes: number) => bytes.toLocaleString('en');

function whyNot({ label }: CatalogueModel, { isInstalled }: Presence, hasWorker: boolean): string | null {
  if (isInstalled) return `${label} is installed.`;
  if (hasWorker) return null;
  return "No worker can download models now. Set COMFYUI_MODELS_DIR, where a worker runs, to the folder of ComfyUI's models.";
}

export const downloadModel = async (modelId: string, asked: Asked): Promise<Download> =>
  getDownload(await createOnce(asked, () => prepareDownload(modelId)));

/** Writes the download and the job that runs it together. Answers with its id. */
async function prepareDownload(
  modelId: string,
  origin: { retryOfId?: string } = {},
): Promise<Creation<string>> {
  const model = findModel(modelId);
  if (model === undefined) throw new NotFound('model', modelId);
  const now = (await listModels()).find(({ id }) => id === modelId);
  if (now?.unsupported) throw new CannotDownload(modelId, now.unsupported);
  return async (tx) => {
    try {
      const job = await createJob(tx, {
        kind: 'download',
        engine: engineNames.download,
        title: `${model.label} · download`,
        characterId: null,
        steps: stepsOf(model.bytes ?? 0),
        soleOf: `download ${modelId}`,
        ...origin,
      });
      await tx.insert(downloads).values({ jobId: job.id, modelId });
      return job.id;
    } catch (error) {
      throw violates(error, SOLE_OPEN) ? new AlreadyDownloading(model) : error;
    }
  };
}

/** The same file again; what came of it is gone on with. */
export const prepareDownloadAgain = ({ id, download }: Download) =>
  prepareDownload(download.modelId, { retryOfId: id });

async function getDownload(id: string): Promise<Download> {
  const job = await findJob(id);
  if (!isDownload(job)) throw new NotFound('download', id);
  return job;
}

/** Of each model, in the order of `modelIds`: its newest download, which is the open one if there is one. */
export async function lastDownloads(modelIds: readonly string[]): Promise<(Download | null)[]> {
  const rows = await db
    .selectDistinctOn([downloads.modelId], { modelId: downloads.modelId, jobId: downloads.jobId })
    .from(downloads)
    .where(inArray(downloads.modelId, [...modelIds]))
    .orderBy(downloads.modelId, desc(downloads.jobId));
  const jobs = (await jobsByIds(rows.map(({ jobId }) => jobId))).filter(isDownload);
  const last = new Map(jobs.map((job) => [job.download.modelId, job]));
  return modelIds.map((id) => last.get(id) ?? null);
}

/** What nobody goes on with does not stay in the folder of the models. */
export const sweepDownloads = (signal: AbortSignal) =>
  sweepParts(async (modelId) => (await lastDownloads([modelId]))[0] ?? null, signal);

/** Of a model that was downloaded at least once: downloads are never deleted. */
export async function lastDownload(modelId: string): Promise<Download> {
  const [last] = await lastDownloads([modelId]);
  if (last == null) throw new Error(`There was no download of ${modelId}.`);
  return last;
}
