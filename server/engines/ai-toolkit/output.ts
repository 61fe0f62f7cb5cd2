import type { LogLevel, TrainingStage } from '../engine.ts';
import { type BarStep, barSteps, isBar, parseBar } from './bars.ts';
import { stageOf } from './stages.ts';

/** What is to be read off the output of a trainer, in the order in which it comes. */
export type Heard =
  | { type: 'stage'; stage: TrainingStage }
  | { type: 'log'; level: LogLevel; message: string }
  | { type: 'step'; step: BarStep }
  /** The bar of the training appeared, with so many steps done. */
  | { type: 'begun'; after: number }
  /** It found its place in a checkpoint. */
  | { type: 'resumed'; after: number }
  | { type: 'saved'; path: string }
  /** It met a loss that is not a number, and went on with 0 in its place. */
  | { type: 'nan' };

/** Of a line: what is longer is a dump that nobody reads. */
const MAX_LINE = 1000;
/** Of a training that only talks. */
const MAX_LINES = 5000;
const BAR_EVERY_MS = 20_000;

/**
 * Reads lines and bars. `name` is that of the run, which stands before its bar.
 */
export function outputReader(of: { name: string; hear: (heard: Heard) => void; now?: () => number }) {
  const { name, hear, now = () => performance.now() } = of;
  const stepOf = barSteps();
  let lines = 0;
  let hasBegun = false;
  let isConfig = false;
  let barToldAt = now();

  function bar(segment: string) {
    const seen = parseBar(segment);
    if (seen?.title !== name) return foreignBar(segment);
    if (!hasBegun) hear({ type: 'begun', after: seen.done });
    hasBegun = true;
    const step = stepOf(seen);
    if (step === null) return;
    hear({ type: 'stage', stage: 'training' });
    hear({ type: 'step', step });
  }

  /** A download of hours is told now and then, so that nobody takes it for a standstill. */
  function foreignBar(segment: string) {
    const [, title, percent, count] = /^(?:(.{1,100}?):)?\s*(\d+)%\|[^|]*\|\s*(\S{1,40})/.exec(segment) ?? [];
    if (title === undefined || title === name) return;
    const stage = stageOf(title);
    if (stage !== undefined) hear({ type: 'stage', stage });
    if (now() - barToldAt < BAR_EVERY_MS) return;
    barToldAt = now();
    hear({ type: 'log', level: 'info', message: `${title}: ${percent} % (${count})` });
  }

  function facts(line: string) {
    const stage = stageOf(line);
    if (stage !== undefined) hear({ type: 'stage', stage });
    const resumed = /^Found step (\d+) in metadata/.exec(line)?.[1];
    if (resumed !== undefined) hear({ type: 'resumed', after: Number(resumed) });
    const path = /^Saved checkpoint to (.+\.safetensors)\s*$/.exec(line)?.[1];
    if (path !== undefined) hear({ type: 'saved', path });
    if (/^\s*loss is nan\s*$/i.test(line)) hear({ type: 'nan' });
  }

  return (segment: string, stream: 'stdout' | 'stderr') => {
    if (isBar(segment)) return bar(segment);
    // It prints its whole config first, which is ours and known.
    if (stream === 'stdout' && segment === '{') isConfig = true;
    if (isConfig) {
      if (segment === '}') isConfig = false;
      return;
    }
    facts(segment);
    const clean = segment.replace(/[\p{Cc}]+/gu, ' ').trimEnd();
    if (/^[\s#=*-]*$/.test(clean) || lines > MAX_LINES) return;
    lines += 1;
    const message = lines > MAX_LINES ? 'Further lines are left out.' : shortened(clean);
    hear({ type: 'log', level: stream === 'stdout' ? 'info' : 'warn', message });
  };
}

const shortened = (line: string) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line);
