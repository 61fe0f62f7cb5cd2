import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { UnexpectedAnswer, Unreachable } from './asking.ts';
import { type ComfyHttp, comfyHttp } from './http.ts';
import { FOLDER_NAMES, type Installed, installedFrom } from './installed.ts';
import { type ComfySocket, comfySocket } from './socket.ts';
import type { Times } from './times.ts';

/** One ComfyUI, which is one GPU, as this process of ours sees it. */
export type ComfyProcess = {
  /** From 1, as people count them. */
  number: number;
  http: ComfyHttp;
  socket: ComfySocket;
  /**
   * Read at most so often, and again after a restart; null when it does not answer. While it takes long to answer, what was known of
   * it counts.
   */
  installed(): Promise<Installed | null>;
  /** How many prompts it has, of anybody; null when it does not answer. */
  load(signal: AbortSignal): Promise<number | null>;
  /** Of ours at most one is in flight. False when there is one. */
  take(): boolean;
  free(): void;
  isTaken(): boolean;
  /** A prompt that nobody looks after any more: it is cancelled and forgotten with the next `tidy`, or one after it. */
  abandon(id: string): void;
  /** Somebody does. */
  claim(id: string): void;
  tidy(): Promise<void>;
};

/** An answer of "it does not answer" counts for so long. */
const ABSENT_MS = 2000;
/** Its nodes are some megabytes; so long a question waits for them, from the moment they were asked for. */
const PATIENCE_MS = 5000;
/** The same when there is an earlier answer. */
const RENEWAL_MS = 1000;
/** For what is asked by the way. */
const BRIEF_MS = 2500;

/** Null for what did not answer, or not with what was asked for. */
export async function ifAnswered<Result>(asked: Promise<Result>): Promise<Result | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Unreachable || error instanceof UnexpectedAnswer) return null;
    throw error;
  }
}

async function readInstalled(http: ComfyHttp): Promise<Installed> {
  const [objectInfo, ...lists] = await Promise.all([
    http.objectInfo(),
    ...FOLDER_NAMES.map(async (folder) => [folder, await http.models(folder)] as const),
  ]);
  const folders = Object.fromEntries(
    lists.flatMap(([name, files]) => (files === null ? [] : [[name, files]])),
  );
  return installedFrom(objectInfo, folders);
}

export function comfyProcess({
  url,
  number,
  times,
}: {
  url: string;
  number: number;
  times: Times;
}): ComfyProcess {
  const http = comfyHttp(url);
  let reading: { at: number; installed: Promise<Installed | null>; isOver: boolean } | null = null;
  let last: Installed | null = null;
  let isTaken = false;
  const abandoned = new Set<string>();
  const socket = comfySocket({
    url,
    times,
    clientId: randomUUID(),
    onLost: () => {
      reading = null;
    },
  });

  function read() {
    const own = { at: Date.now(), isOver: false, installed: ifAnswered(readInstalled(http)) };
    void own.installed.then(
      (installed) => {
        own.isOver = true;
        if (reading === own) last = installed;
      },
      () => {
        own.isOver = true;
      },
    );
    return own;
  }

  /** Of one that was abandoned. */
  async function isOver(id: string): Promise<boolean> {
    const brief = http.within({ milliseconds: BRIEF_MS });
    const state = await brief.state(id);
    if (state.at === 'ended') await brief.forget(id);
    else if (state.at !== 'nowhere') await brief.cancel(id, state.at);
    return state.at === 'ended' || state.at === 'nowhere';
  }

  return {
    number,
    http,
    socket,
    async installed() {
      const isFresh = (at: number) => Date.now() - at < (last === null ? ABSENT_MS : times.installedMs);
      if (reading === null || (reading.isOver && !isFresh(reading.at))) reading = read();
      const { at, installed } = reading;
      const patience = at + (last === null ? PATIENCE_MS : RENEWAL_MS) - Date.now();
      const over = new AbortController();
      const waited = pause(Math.max(0, patience), false, { signal: over.signal }).catch(() => false);
      const isRead = await Promise.race([installed.then(() => true), waited]);
      over.abort();
      return isRead ? installed : last;
    },
    load: (signal) => ifAnswered(http.within({ signal }).load()),
    take() {
      if (isTaken) return false;
      isTaken = true;
      return true;
    },
    free() {
      isTaken = false;
    },
    isTaken: () => isTaken,
    abandon(id) {
      abandoned.add(id);
    },
    claim(id) {
      abandoned.delete(id);
    },
    async tidy() {
      for (const id of abandoned) if (await ifAnswered(isOver(id))) abandoned.delete(id);
    },
  };
}
