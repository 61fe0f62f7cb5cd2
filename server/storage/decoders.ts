import { join } from 'node:path';
import { type PoolLimits, poolOf } from '../answering-pool.ts';
import { ProcessEnded, type ProcessLimits, startAnswering, TooSlow } from '../answering-process.ts';
import { Answer, type DecodedPicture, type Question } from './decoder-protocol.ts';
import { UnreadablePicture } from './unreadable.ts';

const DECODER = { module: join(import.meta.dirname, 'decoder.ts'), name: 'decoder of pictures' };

/**
 * Decodes pictures in processes of their own, started when they are needed: whatever a file makes a decoder do, it does to that
 * file alone. Of memory, only the limit of pixels bounds it on macOS. The function that it returns throws UnreadablePicture.
 */
export function decodersWithin(limits: PoolLimits & ProcessLimits) {
  const ask = poolOf<Question, Answer>(() => startAnswering({ ...DECODER, answer: Answer, limits }), limits);

  return async (question: Question): Promise<DecodedPicture> => {
    const { picture, refusal, failure } = await ask(question).catch((error: unknown) => {
      throw undecodable(error, limits);
    });
    if (picture) return picture;
    if (refusal) throw new UnreadablePicture(refusal.code, refusal.message);
    throw new Error(`A picture could not be decoded: ${failure}`);
  };
}

function undecodable(error: unknown, { seconds }: ProcessLimits) {
  if (error instanceof TooSlow)
    return new UnreadablePicture('UNDECODABLE', `The picture cannot be decoded within ${seconds} seconds.`);
  if (error instanceof ProcessEnded)
    return new UnreadablePicture('UNDECODABLE', `The decoder ended over this picture (${error.message}).`);
  return error;
}
