import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import postgres from 'postgres';
import { answer } from './processes.ts';

/** The least that answers the same questions: node:http, one prepared statement each, JSON.stringify. */
const STATEMENTS: Record<string, string> = {
  plain: `select id, name, trigger_word as "triggerWord", description, created_at as "createdAt", updated_at as "updatedAt"
    from characters order by id desc limit 21`,
  client: `
    select c.id, c.name, c.trigger_word as "triggerWord", (select count(*)::int from characters) as "totalCount",
      (select count(*)::int from images where character_id = c.id) as "imageCount",
      cover.id as "coverId", cover.thumb_hash as "thumbHash", lora.id as "loraId", lora.name as "loraName",
      job.id as "jobId", job.state, job.step, job.steps, job.steps_per_second, job.started_at
    from characters c
    left join lateral (select id, thumb_hash from images where character_id = c.id order by id limit 1) cover on true
    left join lateral (select id, name from loras where character_id = c.id order by version desc limit 1) lora on true
    left join lateral (
      select j.* from trainings t join jobs j on j.id = t.job_id where t.character_id = c.id order by t.job_id desc limit 1
    ) job on true
    order by c.id desc limit 21`,
};

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 10 });

const server = createServer(async (req, res) => {
  const { name } = (await json(req)) as { name: string };
  const rows = await sql.unsafe(STATEMENTS[name] ?? '', [], { prepare: true });
  const body = JSON.stringify({ data: rows });
  res
    .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    .end(body);
});
server.listen(0, '127.0.0.1', () =>
  answer({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, async () => ({})),
);
