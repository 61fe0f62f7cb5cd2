import { type Column, eq, type SQL, sql } from 'drizzle-orm';
import { characters } from '#schema/characters.ts';
import { jobs } from '#schema/jobs.ts';
import type { Tx } from '../db.ts';

export type Reader = Pick<Tx, 'select' | 'execute'>;

/** What a key says of its file: the named groups of its pattern. */
export type Parts = Record<string, string>;
export const part = (parts: Parts, name: string) => parts[name] ?? '';

export type FileKind = {
  pattern: RegExp;
  /** The keys that rows name, as far as they could be among `files`. */
  named(tx: Reader, files: Parts[]): Promise<string[]>;
  /** Waits for who is writing this file, and keeps others from it until `tx` ends: the writers' own lock, where they have one. */
  lock?(tx: Tx, key: string, file: Parts): Promise<unknown>;
};

const GROUPS = {
  id: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  sha256: '[0-9a-f]{64}',
  number: '\\d{1,9}',
};
type Group = keyof typeof GROUPS;

/** The pattern of `outputs/<jobId:id>/<index:number>\.png`. */
export const shape = (text: string) =>
  new RegExp(
    `^${text.replace(/<(\w+):(\w+)>/g, (_, name: string, group: Group) => `(?<${name}>${GROUPS[group]})`)}$`,
  );

/** `(columns) in (the parts of files by their names)`, for any number of files: each column is one parameter. */
export function isGiven(files: Parts[], columns: Record<string, Column>): SQL {
  const names = Object.values(columns).map((column) => sql`${column}`);
  const arrays = Object.entries(columns).map(([name, column]) => {
    const values = files.map((file) => part(file, name));
    return sql`${sql.param(values)}::${sql.raw(column.getSQLType())}[]`;
  });
  return sql`(${sql.join(names, sql`, `)}) in (select * from unnest(${sql.join(arrays, sql`, `)}))`;
}

/** A job's files are written under the lock of its row. */
export const lockJob = (tx: Tx, _: string, file: Parts) =>
  tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(eq(jobs.id, part(file, 'jobId')))
    .for('no key update');

/** A LoRA's version is taken by counting up its character, whose row is locked until the LoRA is written. */
export const lockCharacter = (tx: Tx, _: string, file: Parts) =>
  tx
    .select({ id: characters.id })
    .from(characters)
    .where(eq(characters.id, part(file, 'characterId')))
    .for('no key update');
