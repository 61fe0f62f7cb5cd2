import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { db, listener, type Tx } from './db.ts';
import { log } from './log.ts';

/**
 * NOTIFY as a doorbell: it says that a topic changed, never what. Whoever hears it reads the rows. So nothing is lost
 * when a notification is: after a reconnect everybody is rung with `null`, "anything may have changed".
 */
export type Ring = (topic: string | null) => void;

const CHANNEL = 'rings';
const RETRY_MS = 1000;
/** By what they want to hear, so that a ring costs what its hearers cost; under null those that hear every topic. */
const hearers = new Map<string | null, Set<Ring>>();
let isListening = false;

function ringHearers(topic: string | null) {
  // Copies, because who is rung may leave, and bring others.
  const rung =
    topic === null
      ? new Set([...hearers.values()].flatMap((rings) => [...rings]))
      : [...(hearers.get(topic) ?? []), ...(hearers.get(null) ?? [])];
  for (const ring of rung) ring(topic);
}

// postgres.js takes every listener that it was ever given along to the next connection, so each of our tries has a number.
let tries = 0;

/** Our own ring. A connection that a firewall forgot says nothing, and nothing is what a quiet evening says. */
const BEAT = `beat:${randomUUID()}`;
const BEAT_MS = 10_000;
let hasHeardBeat = true;

function beat() {
  if (!hasHeardBeat) {
    log.warn('Does not hear its own ring: everybody looks for changes until it does');
    ringHearers(null);
  }
  hasHeardBeat = false;
  // One that could not be sent, because no connection is free, says nothing about the one that listens.
  ring(db, BEAT).catch(() => {
    hasHeardBeat = true;
  });
}

async function listen() {
  const mine = ++tries;
  const isCurrent = () => mine === tries;
  const hearRing = (topic: string) => {
    if (!isCurrent()) return;
    if (topic === BEAT) hasHeardBeat = true;
    else ringHearers(topic);
  };
  try {
    await listener.listen(CHANNEL, hearRing, () => isCurrent() && ringHearers(null));
  } catch (error) {
    log.warn({ error }, 'Cannot listen for changes, trying again');
    setTimeout(listen, RETRY_MS).unref();
  }
}

/**
 * Calls `ring` at each change of one of `topics`, of any topic when they are left out, and with null when any of them
 * may have changed, until the returned function is called.
 */
export function hear(ring: Ring, topics?: readonly string[]): () => void {
  const heard = topics ?? [null];
  for (const topic of heard) {
    const rings = hearers.get(topic) ?? new Set();
    hearers.set(topic, rings.add(ring));
  }
  if (!isListening) {
    isListening = true;
    void listen();
    setInterval(beat, BEAT_MS).unref();
  }
  return () => {
    for (const topic of heard) {
      const rings = hearers.get(topic);
      rings?.delete(ring);
      if (rings?.size === 0) hearers.delete(topic);
    }
  };
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

export const countHearers = () => new Set([...hearers.values()].flatMap((rings) => [...rings])).size;
