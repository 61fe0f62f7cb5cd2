import { sql } from 'drizzle-orm';
import { images, referenceImages } from '#schema/images.ts';
import { jobs } from '#schema/jobs.ts';
import { loras } from '#schema/loras.ts';
import { db, type Tx } from './db.ts';
import { env } from './env.ts';
import { UserError } from './errors.ts';

export type Quota = 'openJobs' | 'uploadedGb';

export class QuotaExceeded extends UserError {
  readonly code = 'QUOTA_EXCEEDED';
  readonly quota: Quota;
  readonly limit: number;

  constructor(quota: Quota, limit: number) {
    super(MESSAGES[quota](limit));
    this.quota = quota;
    this.limit = limit;
  }
}

const MESSAGES: Record<Quota, (limit: number) => string> = {
  openJobs: (limit) =>
    `${limit} jobs wait or run, and there may be no more. Wait until some have ended, or cancel some.`,
  uploadedGb: (limit) =>
    `Uploads may have ${limit} GB together, and that is used up. Delete some photos or LoRAs first.`,
};

/** Any numbers, the same for all processes. Whoever counts and then adds does so alone, until its transaction ends. */
const JOBS_LOCK = 7_164_928;
const UPLOADS_LOCK = 7_164_929;
const lock = (tx: Tx, number: number) => tx.execute(sql`select pg_advisory_xact_lock(${number})`);

/** Transactions that have added jobs which nobody else sees yet: far more than a database has connections. */
const UNSEEN = 1000;

/** For whoever has just added a job in `tx`. Until the limit is near, nobody waits for anybody. */
export async function checkOpenJobs(tx: Tx): Promise<void> {
  const limit = env.MAX_OPEN_JOBS;
  if ((await openJobs(tx)) <= limit - UNSEEN) return;
  await lock(tx, JOBS_LOCK);
  if ((await openJobs(tx)) > limit) throw new QuotaExceeded('openJobs', limit);
}

export async function openJobs(tx: Pick<Tx, 'execute'>): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from ${jobs} where state in ('queued', 'running')`,
  );
  return row?.count ?? 0;
}

const GB = 2 ** 30;

/** For whoever is about to keep a file of so many bytes and add its row, both in `tx`. */
export async function checkUploads(tx: Tx, bytes: number): Promise<void> {
  if (env.MAX_UPLOADED_GB === undefined) return;
  await lock(tx, UPLOADS_LOCK);
  await checkRoom(tx, bytes);
}

/** For whoever would read an upload: with nothing left, that is in vain. */
export const checkUploadRoom = () => checkRoom(db, 1);

async function checkRoom(reader: Pick<Tx, 'execute'>, bytes: number) {
  const limit = env.MAX_UPLOADED_GB;
  if (limit === undefined) return;
  if ((await uploadedBytes(reader)) + bytes > limit * GB) throw new QuotaExceeded('uploadedGb', limit);
}

/** Photos, reference images and uploaded LoRAs together. */
export async function uploadedBytes(reader: Pick<Tx, 'execute'>): Promise<number> {
  const [row] = await reader.execute<{ bytes: string }>(sql`
    select (select coalesce(sum(bytes), 0) from ${images})
         + (select coalesce(sum(bytes), 0) from ${referenceImages})
         + (select coalesce(sum(bytes), 0) from ${loras} where origin = 'uploaded') as bytes`);
  return Number(row?.bytes ?? 0);
}
