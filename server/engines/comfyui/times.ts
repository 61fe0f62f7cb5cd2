import { env } from '../../env.ts';

/** How long what may take, in milliseconds. Tests are less patient. */
export type Times = {
  /** Between two looks at a prompt over HTTP when the socket says nothing. */
  pollMs: number;
  /** To the first look after the socket said that a prompt is over; each further one waits twice as long. */
  hintMs: number;
  /** So long it may be away, for a restart, before it counts as unreachable. */
  downMs: number;
  /** A prompt of ours that is neither heard of nor moves in the queue for so long has hung. */
  hangMs: number;
  /** To its end after a cancel; a long node is not interrupted. */
  cancelMs: number;
  cancelEveryMs: number;
  /** For the handshake and the first `status`. */
  connectMs: number;
  /** Between the end of a socket and the next one with its name, at least: the other side must have seen the end. */
  settleMs: number;
  pingMs: number;
  /** A socket that is silent for so long while a prompt runs may be deaf. */
  deafMs: number;
  /** Without a listener the socket is closed after so long. */
  idleMs: number;
  /** What is installed is read again after so long: models come without a restart. */
  installedMs: number;
  /** For a LoRA to appear in its list. */
  listMs: number;
};

const SECOND = 1000;

export const TIMES: Times = {
  pollMs: 2 * SECOND,
  hintMs: 15,
  downMs: 45 * SECOND,
  // A little before the job's own watchdog, which could only say that the engine is silent.
  hangMs: env.STALL_SECONDS * SECOND * 0.9,
  // A little before the worker is given up.
  cancelMs: env.STOP_SECONDS * SECOND * 0.75,
  cancelEveryMs: 250,
  connectMs: 5 * SECOND,
  settleMs: 300,
  pingMs: 20 * SECOND,
  deafMs: 10 * SECOND,
  idleMs: 3 * SECOND,
  installedMs: 30 * SECOND,
  listMs: 15 * SECOND,
};
