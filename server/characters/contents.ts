import { type SQL, sql } from 'drizzle-orm';
import { db, type Tx } from '../db.ts';

/** All that there is of a character: what its deletion removes. */
export type CharacterContents = {
  images: number;
  loras: number;
  trainings: number;
  /** Every generation that it belongs to or that used one of its LoRAs. */
  generations: number;
  samples: number;
  outputs: number;
  /** Photos, LoRAs, checkpoints, samples and outputs; thumbnails and small files beside them are not counted. */
  bytes: number;
};

/** The ids of its jobs, generations that show it through one of its LoRAs included. */
export const jobIdsOf = (characterId: SQL) => sql`(
  select id from jobs where character_id = ${characterId}
  union select job_id from trainings where character_id = ${characterId}
  union select uses.job_id from generation_loras uses join loras on loras.id = uses.lora_id
        where loras.character_id = ${characterId}
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
  const jobIds = jobIdsOf(sql`given.id`);
  const rows = await tx.execute<Record<keyof CharacterContents, string | number>>(sql`
    select photos.number as images, weights.number as loras, sample.number as samples, output.number as outputs,
           trained.number as trainings, generated.number as generations,
           photos.bytes + weights.bytes + saved.bytes + sample.bytes + output.bytes as bytes
    from (values ${given}) as given(id, position),
         ${totalsOf(sql`images where character_id = given.id`)} as photos,
         ${totalsOf(sql`loras where character_id = given.id`)} as weights,
         ${totalsOf(sql`checkpoints where job_id in ${jobIds}`)} as saved,
         ${totalsOf(sql`samples where job_id in ${jobIds}`)} as sample,
         ${totalsOf(sql`outputs where job_id in ${jobIds}`)} as output,
         lateral (select count(*)::int as number from trainings where job_id in ${jobIds}) as trained,
         lateral (select count(*)::int as number from generations where job_id in ${jobIds}) as generated
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
