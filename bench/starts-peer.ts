import postgres from 'postgres';
import { answer } from './processes.ts';

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1 });
const take = async () => {
  await sql`update bench_queue set state = 'running'
    where id = (select id from bench_queue where state = 'queued' order by id limit 1 for update skip locked)`;
};

await take();
await sql.listen('bench_queue', () => void take());
answer({}, async () => ({}));
