import { addMetrics, type MetricPoint, type StepMetric } from './metrics.ts';

export type LiveSample = { id: string; step: number; promptIndex: number };
export type Gpu = {
  utilisation: number;
  memoryUsedBytes: number;
  memoryTotalBytes: number;
  temperatureCelsius: number;
  powerWatts: number;
};
export type GpuReading = { at: string; gpu: Gpu };
export type LiveLine = { cursor: string; at: string; level: string; message: string };

export type Live<Sample extends LiveSample> = {
  /** Cursors that were already counted: a lost socket comes back with a replay. */
  seen: ReadonlySet<string>;
  points: readonly MetricPoint[];
  samples: readonly Sample[];
  lines: readonly LiveLine[];
  gpu: readonly GpuReading[];
};

export type LiveEvent<Sample> = { cursor: string; at: string } & (
  | { __typename: 'JobProgressed'; metrics: readonly StepMetric[]; gpu?: Gpu | null | undefined }
  | { __typename: 'SampleAdded' | 'SampleScored'; sample?: Sample | null | undefined }
  | { __typename: 'JobLogged'; level: string; message: string }
  | {
      __typename:
        | 'JobStateChanged'
        | 'JobStageChanged'
        | 'CheckpointAdded'
        | 'OutputAdded'
        | 'PreviewUpdated';
    }
);

/** Lines that the page keeps; the database keeps all. */
const LINES = 2_000;
/** Readings of the GPU; of a long training the page forgets the oldest, and a reload thins them instead. */
const READINGS = 2_000;

export function startLive<Sample extends LiveSample>(stored: Omit<Live<Sample>, 'seen'>): Live<Sample> {
  return { ...stored, seen: new Set() };
}

/** The page's picture of a training after one more event. An event that was counted already changes nothing. */
export function applyEvent<Sample extends LiveSample>(
  live: Live<Sample>,
  event: LiveEvent<Sample>,
): Live<Sample> {
  if (live.seen.has(event.cursor)) return live;
  const seen = new Set(live.seen).add(event.cursor);
  switch (event.__typename) {
    case 'JobProgressed':
      return {
        ...live,
        seen,
        points: event.metrics.length === 0 ? live.points : addMetrics(live.points, event.metrics),
        gpu: event.gpu == null ? live.gpu : [...live.gpu, { at: event.at, gpu: event.gpu }].slice(-READINGS),
      };
    case 'SampleAdded':
    case 'SampleScored': {
      const { sample } = event;
      if (sample == null) return { ...live, seen };
      return { ...live, seen, samples: [...live.samples.filter((known) => known.id !== sample.id), sample] };
    }
    case 'JobLogged': {
      if (live.lines.some((line) => line.cursor === event.cursor)) return { ...live, seen };
      const { cursor, at, level, message } = event;
      return { ...live, seen, lines: [...live.lines, { cursor, at, level, message }].slice(-LINES) };
    }
    default:
      return { ...live, seen };
  }
}
