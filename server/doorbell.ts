import { sql } from 'drizzle-orm';
import { listener, type Tx } from './db.ts';
import { log } from './log.ts';

/**
 * NOTIFY as a doorbell: it says that a topic changed, never what. Whoever hears it reads the rows. So nothing is lost
 * when a notification is: after a reconnect everybody is rung with `null`, "anything may have changed".
 */
export type Ring = (topic: string | null) => void;

const CHANNEL = 'rings';
const RETRY_MS = 1000;
const hearers = new Set<Ring>();
let listening = false;

function ringAll(topic: string | null) {
  for (const ring of hearers) ring(topic);
}

// postgres.js takes every listener that it was ever given along to the next connection, so each of our tries has a number.
let tries = 0;

async function listen() {
  const mine = ++tries;
  const isCurrent = () => mine === tries;
  const hearRing = (topic: string) => isCurrent() && ringAll(topic);
  try {
    await listener.listen(CHANNEL, hearRing, () => isCurrent() && ringAll(null));
  } catch (error) {
    log.warn({ error }, 'Cannot listen for changes, trying again');
    setTimeout(listen, RETRY_MS).unref();
  }
}

/** Calls `ring` at each change of any topic until the returned function is called. */
export function hear(ring: Ring): () => void {
  hearers.add(ring);
  if (!listening) {
    listening = true;
    void listen();
  }
  return () => hearers.delete(ring);
}

/** Rings `topic` in every process when the surrounding transaction commits. */
export const ring = (tx: Pick<Tx, 'execute'>, topic: string) =>
  tx.execute(sql`select pg_notify(${CHANNEL}, ${topic})`);

/** Rings many topics in one statement, when the surrounding transaction commits. */
export async function ringEach(tx: Pick<Tx, 'execute'>, topics: string[]) {
  if (topics.length === 0) return;
  await tx.execute(
    sql`select pg_notify(${CHANNEL}, topic) from unnest(${sql.param(topics)}::text[]) as given(topic)`,
  );
}

export const countHearers = () => hearers.size;
