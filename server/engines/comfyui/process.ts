import { randomUUID } from 'node:crypto';
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
  /** Read at most so often, and again after a restart; null when it does not answer. */
  installed(): Promise<Installed | null>;
  /** How many prompts it has, of anybody; null when it does not answer. */
  load(): Promise<number | null>;
  /** Of ours at most one is in flight. False when there is one. */
  take(): boolean;
  free(): void;
  isTaken(): boolean;
};

/** An answer of "it does not answer" counts for so long. */
const ABSENT_MS = 2000;
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
  let known: { at: number; installed: Promise<Installed | null> } | null = null;
  let isTaken = false;
  const socket = comfySocket({
    url,
    times,
    clientId: randomUUID(),
    onLost: () => {
      known = null;
    },
  });

  return {
    number,
    http,
    socket,
    async installed() {
      const age = known === null ? Number.POSITIVE_INFINITY : Date.now() - known.at;
      if (known !== null && age < times.installedMs) {
        const installed = await known.installed;
        if (installed !== null || age < ABSENT_MS) return installed;
      }
      known = { at: Date.now(), installed: ifAnswered(readInstalled(http)) };
      return known.installed;
    },
    load: () => ifAnswered(http.load()),
    take() {
      if (isTaken) return false;
      isTaken = true;
      return true;
    },
    free() {
      isTaken = false;
    },
    isTaken: () => isTaken,
  };
}
