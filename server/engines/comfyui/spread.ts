import { setTimeout as pause } from 'node:timers/promises';
import { EngineFailure } from '../failure.ts';
import type { ComfyProcess } from './process.ts';

/** What one process fails with and another may not. */
const OF_THE_PROCESS = new Set(['ENGINE_UNREACHABLE', 'ENGINE_RESTARTED', 'ENGINE_STALLED']);
const LOOK_MS = 1000;

const isLost = (error: unknown): error is EngineFailure =>
  error instanceof EngineFailure && OF_THE_PROCESS.has(error.code);

/**
 * Does each piece of work on the process that has the least to do, or on its home, on several at once. A process that is lost is left out from then
 * on, and its piece is done by another. What fails otherwise ends it, after the pieces under way, which are of use anyhow.
 */
export async function spread<Piece>(of: {
  pieces: Piece[];
  processes: ComfyProcess[];
  /** Where a piece is done as long as that is usable. */
  homes: Map<Piece, ComfyProcess>;
  signal: AbortSignal;
  work(piece: Piece, process: ComfyProcess): Promise<void>;
  onLost(process: ComfyProcess, failure: EngineFailure): void;
}): Promise<void> {
  const { processes, homes, signal, work, onLost } = of;
  const pieces = [...of.pieces];
  const usable = new Set(processes);
  const underWay = new Set<Promise<void>>();
  let failure: { error: unknown } | null = null;

  async function run(piece: Piece, process: ComfyProcess) {
    try {
      await work(piece, process);
    } catch (error) {
      // After an abort it says nothing of the process.
      if (isLost(error) && !signal.aborted) usable.delete(process);
      if (signal.aborted || !isLost(error) || usable.size === 0) failure ??= { error };
      else {
        pieces.unshift(piece);
        onLost(process, error);
      }
    } finally {
      process.free();
    }
  }

  const homeOf = (piece: Piece) => {
    const home = homes.get(piece);
    return home !== undefined && usable.has(home) ? home : null;
  };
  async function next(): Promise<{ piece: Piece; process: ComfyProcess } | null> {
    for (const piece of pieces) {
      const home = homeOf(piece);
      if (home?.isTaken() === false) return { piece, process: home };
    }
    const piece = pieces.find((one) => homeOf(one) === null);
    const process = piece === undefined ? null : await leastLoaded([...usable], signal);
    return piece === undefined || process === null ? null : { piece, process };
  }

  while (failure === null && !signal.aborted) {
    // A piece that is under way may come back.
    if (pieces.length === 0 && underWay.size === 0) return;
    const chosen = await next();
    if (failure !== null || signal.aborted) break;
    if (chosen?.process.take()) {
      pieces.splice(pieces.indexOf(chosen.piece), 1);
      const running = run(chosen.piece, chosen.process).finally(() => underWay.delete(running));
      underWay.add(running);
      continue;
    }
    await Promise.race(pieces.length === 0 ? underWay : [...underWay, pause(LOOK_MS)]);
  }
  await Promise.all(underWay);
  // The type checker does not see that `run` sets it.
  const ended = failure as { error: unknown } | null;
  if (ended !== null) throw ended.error;
}

/**
 * One that we have taken counts with its load too: to wait for it may be shorter than to queue up elsewhere. Null when it is such a
 * one. That one does not answer now is no reason against it when none does: it may be on its way back.
 */
async function leastLoaded(processes: ComfyProcess[], signal: AbortSignal): Promise<ComfyProcess | null> {
  const loads = await Promise.all(
    processes.map(async (process) => ({
      process,
      load: (await process.load(signal)) ?? Number.MAX_SAFE_INTEGER,
    })),
  );
  const [least] = loads.toSorted(
    (a, b) => a.load - b.load || Number(a.process.isTaken()) - Number(b.process.isTaken()),
  );
  return least === undefined || least.process.isTaken() ? null : least.process;
}
