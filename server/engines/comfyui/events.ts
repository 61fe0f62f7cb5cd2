import type { GenerationEvent } from '../engine.ts';
import { eventsOf } from '../events.ts';

/** Steps and previews that newer ones of the same image replaced are of no use. */
const isReplaced = (old: GenerationEvent, event: GenerationEvent) =>
  (old.type === 'step' || old.type === 'preview') &&
  old.type === event.type &&
  old.index === (event as typeof old).index;

/** What several prompts tell at once, as the events of one run. `stop` aborts with `signal`, and when nobody reads on. */
export const eventsOfRun = (
  signal: AbortSignal,
  work: (tell: (event: GenerationEvent) => void, stop: AbortSignal) => Promise<void>,
) =>
  eventsOf<GenerationEvent>(async (tell, left) => {
    if (signal.aborted) return;
    const stop = AbortSignal.any([signal, left]);
    await work(tell, stop).catch((error: unknown) => {
      // What breaks while it is being stopped is of no use to anybody.
      if (!stop.aborted) throw error;
    });
  }, isReplaced);
