import { currentCorrelationId } from '../correlation.ts';
import { db, type Tx } from '../db.ts';
import { isConnectionLost, isTooBusy } from '../db-errors.ts';
import { log } from '../log.ts';
import { checkFiles, checkRows } from './file-check.ts';
import { checkMessages } from './message-check.ts';
import { checkProcesses } from './process-check.ts';
import { beginCheck, endCheck, newCheck, newReport, type Report } from './report.ts';

export type CheckOptions = {
  /** Reads every file to its end, which may take hours. */
  hashes?: boolean;
  signal?: AbortSignal;
};

/**
 * Looks whether database, queue, volume and the processes of this machine agree. Things move meanwhile, so whatever looks wrong
 * is looked at a second time. Changes nothing.
 */
async function lookAtAll(report: Report, { hashes = false, signal }: CheckOptions) {
  await checkMessages(report);
  await checkProcesses(report);
  await checkRows(report, { hashes, signal });
  await checkFiles(report, signal);
}

/** Resolves to what keeps its result, for the transaction in which its message goes: so none goes without a result. */
export async function checkConsistency(
  id: string,
  options: CheckOptions,
): Promise<(tx: Tx) => Promise<void>> {
  const report = newReport();
  if (!(await beginCheck(id))) return async () => {};
  try {
    await lookAtAll(report, options);
    return (tx) => endCheck(tx, id, report, null);
  } catch (error) {
    // Stopped in the middle: whoever takes the message next begins it anew.
    options.signal?.throwIfAborted();
    log.error({ error }, 'A consistency check broke off');
    const reason = reasonOf(error);
    return (tx) => endCheck(tx, id, report, reason);
  }
}

/** For everybody who may ask the API: an error of the database has its statement and all values in it. */
const reasonOf = (error: unknown) =>
  isConnectionLost(error) || isTooBusy(error)
    ? 'The database was away or too busy.'
    : `It broke off; the log says why, under the correlation id ${currentCorrelationId()}.`;

/** For who waits for it and has no message. What keeps it from its end is thrown, and then nothing is kept. */
export async function checkNow(options: CheckOptions): Promise<Report> {
  const id = await newCheck();
  const report = newReport();
  await lookAtAll(report, options);
  await db.transaction((tx) => endCheck(tx, id, report, null));
  return report;
}
