import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { consistencyChecks, inconsistencies, type inconsistencyKind } from '#schema/maintenance.ts';
import { db, one, type Tx } from '../db.ts';

export type InconsistencyKind = (typeof inconsistencyKind.enumValues)[number];

export type Finding = { kind: InconsistencyKind; subject: string; message: string };

/** Of each check so many findings are kept; all of them are counted. */
const MAX_KEPT = 1000;
const KEPT_DAYS = 30;

export type Report = {
  /** How much was looked at. */
  looked: { jobs: number; messages: number; files: number; rows: number };
  found: Map<InconsistencyKind, number>;
  kept: Finding[];
};

export const newReport = (): Report => ({
  looked: { jobs: 0, messages: 0, files: 0, rows: 0 },
  found: new Map(),
  kept: [],
});

export function add({ found, kept }: Report, finding: Finding) {
  found.set(finding.kind, (found.get(finding.kind) ?? 0) + 1);
  if (kept.length < MAX_KEPT) kept.push(finding);
}

/** A check that is wanted. It has begun when somebody comes to it. */
export const newCheck = async (tx: Pick<Tx, 'insert'> = db): Promise<string> =>
  one(await tx.insert(consistencyChecks).values({}).returning({ id: consistencyChecks.id })).id;

/** False when it has ended already: its message may come a second time. */
export async function beginCheck(id: string): Promise<boolean> {
  const { count } = await db
    .update(consistencyChecks)
    .set({ startedAt: sql`now()` })
    .where(sql`${consistencyChecks.id} = ${id} and ${consistencyChecks.finishedAt} is null`);
  return count === 1;
}

const ROWS_AT_ONCE = 500;

/** Once: whoever was taken for lost in the middle of it and comes to its end too, adds nothing. */
export async function endCheck(tx: Tx, id: string, { looked, kept }: Report, error: string | null) {
  const ended = await tx
    .update(consistencyChecks)
    .set({ ...looked, error, finishedAt: sql`now()` })
    .where(and(eq(consistencyChecks.id, id), isNull(consistencyChecks.finishedAt)))
    .returning({ id: consistencyChecks.id });
  if (ended.length === 0) return;
  for (let start = 0; start < kept.length; start += ROWS_AT_ONCE) {
    const some = kept.slice(start, start + ROWS_AT_ONCE);
    await tx.insert(inconsistencies).values(some.map((finding) => ({ checkId: id, ...finding })));
  }
}

export const forgetOldChecks = () =>
  db
    .delete(consistencyChecks)
    .where(lt(consistencyChecks.startedAt, sql`now() - make_interval(days => ${KEPT_DAYS})`));
