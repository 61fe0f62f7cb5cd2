import type { Sql } from 'postgres';
import type { Ledger } from '../tools/ledger.ts';
import type { JobWatch } from '../tools/watch-job.ts';

/** What the invariants are about: tables and files as they are, read past the product. */
export type Look = {
  sql: Sql;
  volume: string;
  ledger: Ledger;
  watches: JobWatch[];
  /** Ids of the processes that should run. */
  processes: number[];
  crashes: string[];
};
