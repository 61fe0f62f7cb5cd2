import { createHash, randomBytes } from 'node:crypto';
import type postgres from 'postgres';

/** The API key of all that is measured: programs have one. Of this run alone; processes that we fork inherit it. */
process.env.BENCH_KEY ??= `isengard_${randomBytes(32).toString('base64url')}`;
const key = process.env.BENCH_KEY;

export const AUTHORIZATION = { Authorization: `Bearer ${key}` };

/** Makes it one of the installation whose database this is. */
export async function admitKey(sql: postgres.Sql) {
  const secretHash = createHash('sha256').update(key).digest('hex');
  await sql`
    with owner as (
      insert into users (name, role, password_hash) values ('bench', 'owner', 'none') returning id
    )
    insert into api_keys (user_id, name, prefix, secret_hash, scopes)
    select id, 'bench', 'isengard_', ${secretHash}, enum_range(null::scope) from owner`;
}
