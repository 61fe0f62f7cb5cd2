import { decodePicture, lockDecoders } from './decode.ts';
import type { Question, SentAnswer } from './decoder-protocol.ts';
import { UnreadablePicture } from './unreadable.ts';

/** Runs in a process of its own (decoders.ts) and decodes one picture after the other. */

/** What it has more than this after a picture was decoded will not be given back. */
const TIRED_BYTES = 300 * 2 ** 20;

lockDecoders();
// Without its parent nobody waits for an answer. Node's own exit would wait for the picture that is being decoded.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function answerTo({ path, origin }: Question): Promise<Omit<SentAnswer, 'isTired'>> {
  try {
    const { small, large, ...picture } = await decodePicture(path, origin);
    return { picture: { ...picture, small: small.toString('base64'), large: large.toString('base64') } };
  } catch (error) {
    if (error instanceof UnreadablePicture) return { refusal: { code: error.code, message: error.message } };
    return { failure: String(error) };
  }
}

process.on('message', async (question: Question) => {
  const answer = await answerTo(question);
  const isTired = process.memoryUsage.rss() > TIRED_BYTES;
  process.send?.({ ...answer, isTired } satisfies SentAnswer);
});
process.send?.('ready');
