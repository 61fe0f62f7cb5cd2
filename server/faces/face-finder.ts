import { lockDecoders } from '../storage/decode.ts';
import type { Answer, Question } from './face-protocol.ts';
import { faceFinder } from './find-faces.ts';

/** Runs in a process of its own (faces.ts) and looks for faces in one picture after the other. */

/** It has 350 MB when the models are loaded. What it has more than this will not be given back. */
const TIRED_BYTES = 700 * 2 ** 20;

lockDecoders();
// Without its parent nobody waits for an answer.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const find = await faceFinder();

process.on('message', async ({ path }: Question) => {
  const answer = await find(path).then(
    (faces) => ({ faces }),
    // Our paths are of no use to who reads it.
    (error: unknown) => ({ failure: String(error).replaceAll(path, 'the file').slice(0, 500) }),
  );
  const isTired = process.memoryUsage.rss() > TIRED_BYTES;
  process.send?.({ ...answer, isTired } satisfies Answer);
});
process.send?.('ready');
