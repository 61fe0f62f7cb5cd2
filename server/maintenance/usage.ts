import { type SQL, sql } from 'drizzle-orm';
import { type Character, charactersByIds } from '../characters/characters.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { openJobs, type Quota, uploadedBytes } from '../quotas.ts';
import { storage } from '../storage/volume.ts';

const USE_KINDS = [
  'photos',
  'references',
  'trainedLoras',
  'uploadedLoras',
  'checkpoints',
  'samples',
  'outputs',
] as const;
type UseKind = (typeof USE_KINDS)[number];

export type Use = { kind: UseKind; files: number; bytes: number };
export type QuotaUse = { quota: Quota; used: number; limit: number | null };
export type CharacterUse = { character: Character; bytes: number };

/** Where everything lies, and what is free there. */
export async function readVolume() {
  const [freeBytes, totalBytes] = await Promise.all([storage.freeBytes(), storage.totalBytes()]);
  return { path: env.VOLUME_ROOT, freeBytes, totalBytes };
}

export type Volume = Awaited<ReturnType<typeof readVolume>>;

const sumOf = (rows: SQL) => sql`select count(*) as files, coalesce(sum(bytes), 0) as bytes from ${rows}`;

/** By the rows, which know the size of their files: nobody has to walk through a volume of a million of them. */
export async function usesByKind(): Promise<Use[]> {
  const SUMS: Record<UseKind, SQL> = {
    photos: sumOf(sql`images`),
    references: sumOf(sql`reference_images`),
    trainedLoras: sumOf(sql`loras where origin <> 'uploaded'`),
    uploadedLoras: sumOf(sql`loras where origin = 'uploaded'`),
    checkpoints: sumOf(sql`checkpoints`),
    samples: sumOf(sql`samples`),
    outputs: sumOf(sql`outputs`),
  };
  return Promise.all(
    USE_KINDS.map(async (kind) => {
      const [row] = await db.execute<{ files: string; bytes: string }>(SUMS[kind]);
      return { kind, files: Number(row?.files ?? 0), bytes: Number(row?.bytes ?? 0) };
    }),
  );
}

const MOST_CHARACTERS = 20;

/** Those with the most, the largest first: their photos and LoRAs, and what their own trainings and generations made. */
export async function usesByCharacter(): Promise<CharacterUse[]> {
  const rows = await db.execute<{ id: string; bytes: string }>(sql`
    select character_id as id, sum(bytes) as bytes
    from (
      select character_id, bytes from images
      union all select character_id, bytes from loras
      union all select character_id, bytes from outputs
      union all select character_id, bytes from checkpoints join trainings using (job_id)
      union all select character_id, bytes from samples join trainings using (job_id)
    ) as files
    where character_id is not null
    group by character_id
    order by sum(bytes) desc, character_id
    limit ${MOST_CHARACTERS}`);
  const characters = await charactersByIds(rows.map(({ id }) => id));
  // One may have been deleted in between.
  return rows.flatMap(({ id, bytes }) => {
    const character = characters.find((known) => known.id === id);
    return character === undefined ? [] : [{ character, bytes: Number(bytes) }];
  });
}

const GB = 2 ** 30;

export async function usesOfQuotas(): Promise<QuotaUse[]> {
  const [jobs, uploaded] = await Promise.all([openJobs(db), uploadedBytes(db)]);
  return [
    { quota: 'openJobs', used: jobs, limit: env.MAX_OPEN_JOBS },
    { quota: 'uploadedGb', used: uploaded / GB, limit: env.MAX_UPLOADED_GB ?? null },
  ];
}
