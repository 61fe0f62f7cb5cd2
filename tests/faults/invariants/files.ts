import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow } from '../../uploads.ts';
import type { Look } from './look.ts';

type Kept = { key: string; sha256: string | null };

/** The layout of the volume, written down a second time: a test that asked the product would believe it. */
const filesOfRows = ({ sql }: Look) => sql<Kept[]>`
  with extension(format, ending) as (
    select format, case format::text when 'jpeg' then 'jpg' else format::text end
    from unnest(enum_range(null::image_format)) as format)
  select 'uploads/' || character_id || '/' || sha256 || '.' || ending as key, sha256
    from images join extension using (format)
  union select 'uploads/' || character_id || '/' || sha256 || '.' || ending, sha256
    from dataset_snapshot_images p join extension using (format) join dataset_snapshots s on s.id = p.snapshot_id
  union select 'uploads/references/' || sha256 || '.' || ending, sha256
    from reference_images join extension using (format)
  union select 'loras/' || character_id || '/v' || version || '.safetensors', sha256 from loras
  union select 'loras/' || character_id || '/v' || version || '.json', null from loras
  union select 'loras/' || character_id || '/trainings/' || job_id || '/checkpoints/' || step || '.safetensors', sha256
    from checkpoints join trainings using (job_id)
  union select 'loras/' || character_id || '/trainings/' || job_id || '/samples/' || step || '-' || prompt_index || '.png', sha256
    from samples join trainings using (job_id)
  union select 'outputs/' || job_id || '/' || index || '.png', sha256 from outputs`;

export async function rowsHaveTheirFiles(look: Look): Promise<string[]> {
  const violations: string[] = [];
  for (const { key, sha256 } of await filesOfRows(look)) {
    const bytes = await readFile(join(look.volume, key)).catch(() => null);
    if (bytes === null) violations.push(`${key} has a row and is not there`);
    else if (sha256 !== null && createHash('sha256').update(bytes).digest('hex') !== sha256)
      violations.push(`${key} is not what its row says`);
  }
  return violations;
}

/** Files that no row names. The sweeper takes them when they are old enough; a test says how many its fault may leave. */
export async function orphansOf(look: Look): Promise<string[]> {
  const named = new Set((await filesOfRows(look)).map(({ key }) => key));
  // Whoever is about to be removed by a job that is in line is not forgotten.
  const leaving = await look.sql<{ key: string }[]>`
    select jsonb_array_elements_text(data -> 'keys') as key from pgboss.job
    where name = 'files.remove' and state < 'completed'`;
  const isLeaving = (key: string) =>
    leaving.some((one) => (one.key.endsWith('/') ? key.startsWith(one.key) : key === one.key));
  const found: string[] = [];
  for (const folder of ['uploads', 'loras', 'outputs', 'cache/previews'])
    for (const file of await filesBelow(join(look.volume, folder))) found.push(`${folder}/${file}`);
  const open = await look.sql<{ id: string }[]>`select id from jobs where state in ('queued', 'running')`;
  const isOfOpenJob = (key: string) => open.some(({ id }) => key.includes(id));
  return found.filter((key) => !named.has(key) && !isLeaving(key) && !isOfOpenJob(key));
}

/** What lies among the temporary files and belongs to no attempt that lives. */
export async function leftoversOf({ sql, volume }: Look): Promise<string[]> {
  const live = await sql<{ prefix: string }[]>`
    select id || '-' || attempt || '-' as prefix from jobs where state = 'running'`;
  const names = await readdir(join(volume, 'cache/tmp'));
  return names.filter((name) => !live.some(({ prefix }) => name.startsWith(prefix)));
}
