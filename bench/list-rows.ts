import type { Installation } from './installation.ts';

/** 200 characters with 20 photos, two trainings and two LoRAs each. */
export async function fillLists({ sql }: Installation) {
  await sql`
    insert into characters (name, trigger_word, description)
    select 'Character ' || n, 'word' || n, repeat('What one says of a character. ', 6) from generate_series(1, 200) n`;
  await sql`
    insert into images (character_id, sha256, format, width, height, bytes, thumb_hash, file_name)
    select id, md5(n::text || id) || md5(id || n::text), 'jpeg', 1024, 1024, 200000, 'YJqGPQw7sFlslqhFafSE+Q6oJ1h2iHB2Rw==', n || '.jpg'
    from characters, generate_series(1, 20) n`;
  for (const number of [1, 2]) {
    await sql`
      with snapshot as (insert into dataset_snapshots (character_id) select id from characters returning id, character_id),
      job as (
        insert into jobs (kind, state, title, engine, character_id, correlation_id, step, steps, started_at, finished_at)
        select 'training', 'completed', name || ' · training', 'fast-test', id, 'bench', 500, 500, now(), now() from characters
        returning id, character_id
      ),
      training as (
        insert into trainings (job_id, character_id, number, dataset_snapshot_id, base_model, trigger_word, preset, config)
        select job.id, job.character_id, ${number}, snapshot.id, 'fast-test', 'word', 'quick', '{"steps": 500}'
        from job join snapshot using (character_id)
      )
      insert into loras (character_id, version, job_id, name, base_model, rank, trigger_word, bytes, sha256)
      select character_id, ${number}, id, 'A LoRA v' || ${number}::text, 'fast-test', 8, 'word', 200000, md5(id::text) from job`;
  }
  await sql`analyze`;
}
