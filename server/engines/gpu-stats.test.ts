import { expect, test } from 'vitest';
import { pathWithGpu } from '#tests/gpu.ts';
import { until } from '#tests/until.ts';
import type { GpuStats } from './engine.ts';
import { statsOf, watchGpu } from './gpu-stats.ts';

test('the numbers of a GPU, and of one that does not tell all', () => {
  expect(statsOf(['97', '20123', '24564', '71', '402.15'])).toEqual({
    utilisation: 0.97,
    memoryUsedBytes: 20_123 * 2 ** 20,
    memoryTotalBytes: 24_564 * 2 ** 20,
    temperatureCelsius: 71,
    powerWatts: 402.15,
  });
  expect(statsOf(['[N/A]', '100', '200', '40', '[N/A]'])).toMatchObject({ utilisation: 0, powerWatts: 0 });
  expect(statsOf(['1', '2'])).toBe(null);
  expect(statsOf(['1', '[N/A]', '2', '3', '4'])).toBe(null);
});

test('it is watched until one stops, the one that is meant, and none where there is none', async () => {
  await using gpu = await pathWithGpu('GPU-a, 50, 1, 2, 3, 4\nGPU-b, 60, 1, 2, 3, 4');
  const told: GpuStats[] = [];
  const watch = watchGpu((now) => told.push(now), { PATH: gpu.path, CUDA_VISIBLE_DEVICES: '1,0' }, 10);
  await until(() => told.length >= 3, 'it was told three times');
  watch.stop();
  const { length } = told;
  expect(told[0]?.utilisation).toBe(0.6);
  const others: GpuStats[] = [];
  const none = watchGpu((now) => told.push(now), { PATH: '/nowhere' }, 1);
  const other = watchGpu((now) => others.push(now), { PATH: gpu.path }, 10);
  await until(() => others.length > 0, 'another was told');
  none.stop();
  other.stop();
  expect(others[0]?.utilisation).toBe(0.5);
  expect(told.length).toBe(length);
});
