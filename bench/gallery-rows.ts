import type { Installation } from './installation.ts';

const CHARACTERS = 20;
const IMAGES_A_JOB = 8;

/**
 * So many images of 20 characters over three years, eight to a generation, each with the LoRA of its character. One in fifty is a
 * favourite, one in a hundred in the trash; one prompt in a thousand has a fox.
 */
export async function fillGallery({ sql }: Pick<Installation, 'sql'>, images: number) {
  const jobs = Math.ceil(images / IMAGES_A_JOB);
  await sql`
    insert into characters (name, trigger_word)
    select 'Character ' || n, 'gallery ' || ${images} || ' ' || n from generate_series(1, ${CHARACTERS}::int) n`;
  await sql`
    insert into loras (character_id, version, name, base_model, family, rank, trigger_word, bytes, sha256)
    select id, 1, name || ' v1', 'fast-test', 'fast-test', 8, 'word', 200000, md5(id::text) from characters
    where not exists (select from loras where character_id = characters.id)`;
  await sql`create temporary table made on commit preserve rows as
    with people as (select array_agg(id order by id) as ids from characters),
    moments as (
      select n, now() - make_interval(secs => 3 * 365 * 86400.0 * (1 - n::float8 / ${jobs}::int)) as at
      from generate_series(1, ${jobs}::int) n)
    select n, at, uuidv7(at - now()) as id, ids[1 + n % ${CHARACTERS}] as character_id from moments, people`;
  await sql`
    insert into jobs (id, kind, state, title, engine, character_id, correlation_id, step, steps, created_at, started_at, finished_at)
    select id, 'generation', 'completed', 'Images', 'fast-test', character_id, 'bench', 8, 8, at, at, at from made`;
  await sql`
    insert into generations (job_id, base_model, prompt, negative_prompt, width, height, steps, guidance_scale, seed, count, sampler, scheduler, toggles)
    select id, 'fast-test', case when n % 1000 = 0 then 'a red fox in the snow, ' else 'a portrait, ' end || md5(n::text), '', 512, 512, 1, 7, n, 8,
      'euler', 'karras', '{"initImage": null, "controlNet": null, "ipAdapter": null, "faceDetailer": null, "upscale": null}' from made`;
  await sql`
    insert into generation_images (job_id, index, prompt, negative_prompt, seed, loras)
    select job_id, i, prompt, '', seed + i, '[{"position": 0, "strength": 1}]' from generations join made on made.id = job_id, generate_series(0, ${IMAGES_A_JOB - 1}::int) i`;
  await sql`
    insert into generation_loras (job_id, position, lora_id, name, strength)
    select made.id, 0, loras.id, loras.name, 1 from made join loras using (character_id)`;
  await sql`
    insert into outputs (id, job_id, character_id, index, seed, width, height, bytes, sha256, thumb_hash, is_favourite, created_at, deleted_at)
    select uuidv7(at - now()), id, character_id, i, n + i, 512 + 64 * (n % 7), 768 - 64 * ((n + i) % 5), 200000,
      md5(id::text) || md5(i::text), 'YJqGPQw7sFlslqhFafSE+Q6oJ1h2iHB2Rw==', (n * 8 + i) % 50 = 0, at,
      case when (n * 8 + i) % 100 = 7 then now() end
    from made, generate_series(0, ${IMAGES_A_JOB - 1}::int) i order by n, i`;
  await sql`
    insert into output_loras (lora_id, output_id)
    select loras.id, outputs.id from outputs join made on made.id = outputs.job_id join loras on loras.character_id = made.character_id`;
  await sql`drop table made`;
  await sql`vacuum (analyze) outputs`;
  await sql`vacuum (analyze) generation_images`;
  await sql`analyze`;
}
