import { gate } from '../gate.ts';
import { type Decoder, type DecoderLimits, startDecoder } from './decoder-process.ts';
import type { DecodedPicture, Question } from './decoder-protocol.ts';
import { UnreadablePicture } from './unreadable.ts';

type PoolLimits = DecoderLimits & {
  /** Processes at a time. */
  most: number;
  /** Who has nothing to do for so long is ended. */
  idleSeconds: number;
};

/**
 * Decodes pictures in processes of their own, started when they are needed: whatever a file makes a decoder do, it does to that
 * file alone. The function that it returns throws UnreadablePicture.
 */
export function decodersWithin({ most, idleSeconds, ...limits }: PoolLimits) {
  const running = new Set<Decoder>();
  const idle: { decoder: Decoder; timer: NodeJS.Timeout }[] = [];
  const atATime = gate(most);
  process.once('exit', () => {
    for (const { end } of running) end();
  });

  function start() {
    const decoder = startDecoder(limits);
    running.add(decoder);
    void decoder.ended.then(() => running.delete(decoder));
    return decoder;
  }

  function takeIdle(): Decoder | undefined {
    const taken = idle.pop();
    clearTimeout(taken?.timer);
    return taken?.decoder.hasEnded() ? takeIdle() : taken?.decoder;
  }

  function rest(decoder: Decoder) {
    const resting = { decoder, timer: setTimeout(leave, idleSeconds * 1000).unref() };
    function leave() {
      idle.splice(idle.indexOf(resting), 1);
      decoder.end();
    }
    idle.push(resting);
  }

  async function decode(question: Question): Promise<DecodedPicture> {
    const decoder = takeIdle() ?? start();
    let isUsable = false;
    try {
      const { picture, refusal, failure, isTired } = await decoder.ask(question);
      isUsable = !isTired;
      if (picture) return picture;
      if (refusal) throw new UnreadablePicture(refusal.code, refusal.message);
      throw new Error(`A picture could not be decoded: ${failure}`);
    } finally {
      if (isUsable) rest(decoder);
      else decoder.end();
    }
  }

  return (question: Question) => atATime(() => decode(question));
}
