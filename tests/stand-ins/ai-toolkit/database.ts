import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { PythonError } from './python.ts';

/** The job row as AI-Toolkit uses it; nothing happens where there is none. */
export function jobRow(path: string | undefined, id: string | undefined) {
  const database =
    path !== undefined && id !== undefined && existsSync(path)
      ? new DatabaseSync(path, { timeout: 30_000 })
      : null;
  const flag = (name: 'stop' | 'return_to_queue' | 'save_now') =>
    Number(database?.prepare(`select ${name} as flag from Job where id = ?`).get(id ?? '')?.flag ?? 0) === 1;
  const set = (name: string, value: string | number) =>
    void database?.prepare(`update Job set ${name} = ? where id = ?`).run(String(value), id ?? '');
  return {
    isThere: database !== null,
    status(status: string, info: string) {
      set('status', status);
      set('info', info);
    },
    step: (step: number) => set('step', step),
    maybeStop() {
      if (flag('return_to_queue')) throw new PythonError('Exception', 'Job returning to queue');
      if (!flag('stop')) return;
      set('status', 'stopped');
      set('info', 'Job stopped');
      throw new PythonError('Exception', 'Job stopped');
    },
    isSaveAsked: () => flag('save_now'),
    saveHeard: () => set('save_now', 0),
  };
}

const FLUSH_MS = 250;
const FLUSH_ROWS = 256;

/** Numbers of steps, written in bursts. */
export function lossLog(path: string) {
  const database = new DatabaseSync(path, { timeout: 30_000 });
  database.exec('pragma journal_mode = wal');
  database.exec(`
    create table if not exists steps (step integer primary key, wall_time real not null);
    create table if not exists metric_keys (key text primary key, first_seen_step integer, last_seen_step integer);
    create table if not exists metrics (step integer not null, key text not null, value_real real, value_text text,
      primary key (step, key));
  `);
  let waiting: { step: number; values: Record<string, number> }[] = [];
  let flushedAt = performance.now();

  function flush() {
    database.exec('begin');
    for (const { step, values } of waiting) {
      database.prepare('insert or replace into steps values (?, ?)').run(step, Date.now() / 1000);
      for (const [key, value] of Object.entries(values)) {
        database
          .prepare('insert or replace into metrics values (?, ?, ?, null)')
          .run(step, key, Number.isNaN(value) ? null : value);
        database
          .prepare(
            'insert into metric_keys values (?, ?, ?) on conflict (key) do update set last_seen_step = ?',
          )
          .run(key, step, step, step);
      }
    }
    database.exec('commit');
    waiting = [];
    flushedAt = performance.now();
  }

  return {
    commit(step: number, values: Record<string, number>) {
      waiting.push({ step, values });
      if (waiting.length * 2 >= FLUSH_ROWS || performance.now() - flushedAt >= FLUSH_MS) flush();
    },
    finish() {
      flush();
      database.close();
    },
  };
}
