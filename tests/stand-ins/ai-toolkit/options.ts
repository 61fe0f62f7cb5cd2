import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the stand-in does wrong, and from which step on. Without a step it does so before the first. */
export const FAULTS = [
  ...[
    'oom',
    'oom-once',
    'gated',
    'unreachable',
    'missing',
    'no-images',
    'nan',
    'nan-lines',
    'disk',
    'module',
    'cuda',
    'crash',
    'killed',
  ],
  ...[
    'hang',
    'deaf',
    'child',
    'daemon',
    'partial-checkpoint',
    'no-final',
    'bad-final',
    'early-final',
    'forgets',
    'leak',
    'interrupted',
  ],
] as const;
export type Fault = (typeof FAULTS)[number];

export type Options = {
  /** Which of the two that were recorded it is like. */
  version: '0.12.26' | '0.7.15';
  stepMs: number;
  fault: Fault | null;
  faultStep: number;
  hasLossLog: boolean;
  /** Picture files that the samples of a step are, instead of what it makes of the photos. */
  samples: Record<number, string>;
};

const DEFAULTS: Options = {
  ...{ version: '0.12.26', stepMs: 2, fault: null, faultStep: 0, hasLossLog: true },
  samples: {},
};

export const optionsFile = (dir: string) => join(dir, 'stand-in.json');

export function readOptions(dir: string): Options {
  const path = optionsFile(dir);
  const given = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const options: Options = { ...DEFAULTS, ...given };
  return { ...options, hasLossLog: options.hasLossLog && options.version !== '0.7.15' };
}
