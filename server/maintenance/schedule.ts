import { schedule } from '../jobs/queue.ts';
import type { Task } from './tasks.ts';

/** Cron expressions, UTC: what goes through the volume at night, one after the other. */
const TIMES: Record<Task, string> = {
  parts: '*/10 * * * *',
  keys: '5 * * * *',
  trash: '40 2 * * *',
  history: '50 2 * * *',
  orphans: '10 3 * * *',
  consistency: '10 4 * * *',
};

/** Each worker says so when it starts; it is one schedule all the same. */
export async function scheduleMaintenance() {
  for (const [task, cron] of Object.entries(TIMES))
    await schedule({ queue: 'maintenance', key: task, cron, data: { task } });
}
