import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { BarStep } from './bars.ts';

/** Of one look; more come with the next. */
const ROWS = 5000;

/**
 * The numbers of a training as newer versions write them into a SQLite file, exact and complete but for the first step of a
 * run. Its steps count from 0, ours from 1. Null while there is no such file.
 */
export function lossLogAt(path: string): { read(): BarStep[] | null; close(): void } {
  let database: DatabaseSync | null = null;
  let newest = -1;

  function open(): DatabaseSync | null {
    if (database === null && existsSync(path))
      database = new DatabaseSync(path, { readOnly: true, timeout: 200 });
    return database;
  }

  return {
    read() {
      try {
        // Cut off between the rows of two steps, and never within one: they are written in one transaction.
        // A step whose batch did not fit into memory has a rate of 0 and no loss: it is one without numbers, not a broken one.
        const rows = open()
          ?.prepare(
            `select step, max(case when key = 'loss/loss' then value_real end) as loss,
               max(case when key = 'learning_rate' then value_real end) as rate
             from metrics where step > ? and key in ('loss/loss', 'learning_rate')
             group by step having max(key = 'loss/loss') = 1 order by step limit ${ROWS}`,
          )
          .all(newest);
        if (rows === undefined) return null;
        newest = Number(rows.at(-1)?.step ?? newest);
        return rows.map(({ step, loss, rate }) => ({
          step: Number(step) + 1,
          // SQLite has no NaN: it keeps null.
          loss: loss === null ? Number.NaN : Number(loss),
          learningRate: Number(rate ?? 0),
        }));
      } catch {
        // Being made, or locked for a moment: it will be there at the next look.
        return [];
      }
    },
    close() {
      database?.close();
      database = null;
    },
  };
}
