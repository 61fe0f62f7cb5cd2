import { createMemo, Show } from 'solid-js';
import { Card } from '../ui/Card.tsx';
import { formatBytes } from '../ui/format.ts';
import { LineChart } from '../ui/LineChart.tsx';
import type { GpuReading } from './live.ts';

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** What the GPU did over the minutes of the training: how busy it was, how full its memory. Nothing on a machine without one. */
export function GpuStrip(props: { readings: readonly GpuReading[] }) {
  const start = () => new Date(props.readings[0]?.at ?? 0).getTime();
  const minutesAt = (at: string) => Math.round((new Date(at).getTime() - start()) / 600) / 100;
  const data = createMemo((): [number[], number[], number[]] => [
    props.readings.map(({ at }) => minutesAt(at)),
    props.readings.map(({ gpu }) => gpu.utilisation),
    props.readings.map(({ gpu }) => gpu.memoryUsedBytes / gpu.memoryTotalBytes),
  ]);
  const note = (index: number) => {
    const gpu = props.readings[index]?.gpu;
    if (gpu === undefined) return '';
    const memory = `${formatBytes(gpu.memoryUsedBytes)} of ${formatBytes(gpu.memoryTotalBytes)}`;
    return `${memory} · ${Math.round(gpu.temperatureCelsius)} °C · ${Math.round(gpu.powerWatts)} W`;
  };
  const label = () => {
    const busy = props.readings.map(({ gpu }) => gpu.utilisation);
    const average = busy.reduce((sum, share) => sum + share, 0) / busy.length;
    return `GPU busy ${percent(average)} of the time, from ${percent(Math.min(...busy))} to ${percent(Math.max(...busy))}`;
  };
  return (
    <Show when={props.readings.length > 1}>
      <Card title="GPU">
        <LineChart
          label={label()}
          data={data()}
          log={false}
          height={140}
          atLeast={1}
          ticks={[]}
          lines={[
            { label: 'busy', weight: 'bold' },
            { label: 'memory', weight: 'thin' },
          ]}
          xLabel="minute"
          format={percent}
          axisFormat={percent}
          note={note}
        />
      </Card>
    </Show>
  );
}
