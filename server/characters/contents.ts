import { type SQL, sql } from 'drizzle-orm';
import { db, type Tx } from '../db.ts';

/** All that there is of a character: what its deletion removes. */
export type CharacterContents = {
  images: number;
  loras: number;
  trainings: number;
  /** Every generation that shows it: see `jobIdsOf`. */
  generations: number;
  samples: number;
  outputs: number;
  /** Photos, LoRAs, checkpoints, samples and outputs; thumbnails and small files beside them are not counted. */
  bytes: number;
};

/**
 * The ids of its jobs, and of all generations that show it: through one of its LoRAs, through one of its photos as reference,
 * or through an image that one of these made, however often that was handed on.
 */
export const jobIdsOf = (characterId: SQL) => sql`(
  with recursive steering(job_id, kind, id) as (
    select job_id, reference ->> 'kind', reference ->> 'id'
    from generations, lateral (values
      (toggles -> 'initImage' -> 'reference'), (toggles -> 'initImage' -> 'mask'),
      (toggles -> 'controlNet' -> 'reference'), (toggles -> 'ipAdapter' -> 'reference')) as given(reference)
    where reference is not null
  ), showing(id) as (
    select id from jobs where character_id = ${characterId}
    union select job_id from trainings where character_id = ${characterId}
    union select uses.job_id from generation_loras uses join loras on loras.id = uses.lora_id
          where loras.character_id = ${characterId}
    union select steering.job_id from images join steering on steering.kind = 'image' and steering.id = images.id::text
          where images.character_id = ${characterId}
    union select steering.job_id from showing join outputs on outputs.job_id = showing.id
          join steering on steering.kind = 'output' and steering.id = outputs.id::text
  )
  select id from showing
)`;

const totalsOf = (rows: SQL) =>
  sql`lateral (select count(*)::int as number, coalesce(sum(bytes), 0) as bytes from ${rows})`;

/** In the order of `ids`. */
export async function contentsOf(
  ids: readonly string[],
  tx: Pick<Tx, 'execute'> = db,
): Promise<CharacterContents[]> {
  if (ids.length === 0) return [];
  const given = sql.join(
    ids.map((id, position) => sql`(${id}::uuid, ${position}::int)`),
    sql`, `,
  );
  const rows = await tx.execute<Record<keyof CharacterContents, string | number>>(sql`
    select photos.number as images, weights.number as loras, sample.number as samples, output.number as outputs,
           trained.number as trainings, generated.number as generations,
           photos.bytes + weights.bytes + saved.bytes + sample.bytes + output.bytes as bytes
    from (values ${given}) as given(id, position),
         lateral (select array(select id from ${jobIdsOf(sql`given.id`)} as showing) as job_ids) as own,
         ${totalsOf(sql`images where character_id = given.id`)} as photos,
         ${totalsOf(sql`loras where character_id = given.id`)} as weights,
         ${totalsOf(sql`checkpoints where job_id = any(own.job_ids)`)} as saved,
         ${totalsOf(sql`samples where job_id = any(own.job_ids)`)} as sample,
         ${totalsOf(sql`outputs where job_id = any(own.job_ids)`)} as output,
         lateral (select count(*)::int as number from trainings where job_id = any(own.job_ids)) as trained,
         lateral (select count(*)::int as number from generations where job_id = any(own.job_ids)) as generated
    order by position
  `);
  return rows.map(({ images, loras, trainings, generations, samples, outputs, bytes }) => ({
    images: Number(images),
    loras: Number(loras),
    trainings: Number(trainings),
    generations: Number(generations),
    samples: Number(samples),
    outputs: Number(outputs),
    bytes: Number(bytes),
  }));
}
