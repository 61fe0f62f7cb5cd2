import type { Tx } from '../db.ts';
import type { FileKind, Parts, Reader } from './file-kind.ts';
import { FILE_KINDS } from './file-kinds.ts';

function kindOf(key: string): { kind: FileKind; parts: Parts } | null {
  for (const kind of FILE_KINDS) {
    const parts = kind.pattern.exec(key)?.groups;
    if (parts !== undefined) return { kind, parts };
  }
  return null;
}

/** Of these keys, those that a row names. */
export async function namedKeys(tx: Reader, keys: string[]): Promise<Set<string>> {
  const known = keys.map(kindOf).filter((found) => found !== null);
  const named = new Set<string>();
  for (const [kind, files] of Map.groupBy(known, (found) => found.kind)) {
    const ofKind = await kind.named(
      tx,
      files.map(({ parts }) => parts),
    );
    for (const key of ofKind) named.add(key);
  }
  return named;
}

/** Until `tx` ends, nobody writes this file and the row that names it. */
export async function lockWritersOf(tx: Tx, key: string) {
  const known = kindOf(key);
  await known?.kind.lock?.(tx, key, known.parts);
}
