import { DatabaseSync } from 'node:sqlite';

/**
 * The row through which AI-Toolkit's own interface talks with a trainer. It writes what it does into `status` and `info`, and
 * looks after each step whether `stop` or `save_now` is 1; it sets `save_now` back when it begins to save. Older versions
 * know no `save_now`. These are the columns that trainers touch, and those that they expect to be there.
 */
const SCHEMA = `
  create table Job (
    id text primary key, name text unique, gpu_ids text, job_config text, created_at datetime, updated_at datetime,
    status text default 'stopped', stop boolean default 0, return_to_queue boolean default 0, step integer default 0,
    total_steps integer, info text default '', speed_string text default '', queue_position integer default 0, pid integer,
    job_type text default 'train', job_ref text, save_now boolean default 0, sample_now boolean default 0
  )`;

export type JobRow = { status: string; info: string; isSaveAsked: boolean };

export type JobDb = {
  /** Null when it cannot be read just now. */
  read(): JobRow | null;
  /** Whether it was written; a trainer may hold the lock for a moment. */
  askToSave(): boolean;
  askToStop(): boolean;
  close(): void;
};

export function createJobDb(path: string, job: { id: string; name: string; steps: number }): JobDb {
  // Trainers wait half a minute for a lock; this process has heartbeats to send.
  const database = new DatabaseSync(path, { timeout: 200 });
  database.exec('pragma journal_mode = wal');
  database.exec(SCHEMA);
  database
    .prepare('insert into Job (id, name, gpu_ids, total_steps, status) values (?, ?, ?, ?, ?)')
    .run(job.id, job.name, '0', job.steps, 'running');
  const select = database.prepare('select status, info, save_now from Job where id = ?');

  const set = (column: 'save_now' | 'stop') => {
    try {
      database.prepare(`update Job set ${column} = 1 where id = ?`).run(job.id);
      return true;
    } catch {
      return false;
    }
  };

  return {
    read() {
      try {
        const row = select.get(job.id);
        if (row === undefined) return null;
        // Trainers write everything as text.
        return {
          status: String(row.status),
          info: String(row.info),
          isSaveAsked: Number(row.save_now) === 1,
        };
      } catch {
        return null;
      }
    },
    askToSave: () => set('save_now'),
    askToStop: () => set('stop'),
    close: () => database.close(),
  };
}
