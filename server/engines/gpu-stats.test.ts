import { expect, test } from 'vitest';
import { pathWithGpu } from '#tests/gpu.ts';
import { until } from '#tests/until.ts';
import type { GpuStats } from './engine.ts';
import { parseGpu, watchGpu } from './gpu-stats.ts';

test('the numbers of a GPU, and of one that does not tell all', () => {
  expect(parseGpu('97, 20123, 24564, 71, 402.15\n')).toEqual({
    utilisation: 0.97,
    memoryUsedBytes: 20_123 * 2 ** 20,
    memoryTotalBytes: 24_564 * 2 ** 20,
    temperatureCelsius: 71,
    powerWatts: 402.15,
  });
  expect(parseGpu('[N/A], 100, 200, 40, [N/A]')).toMatchObject({ utilisation: 0, powerWatts: 0 });
  expect(parseGpu('No devices were found')).toBe(null);
  expect(parseGpu('1, 2')).toBe(null);
});

test('it is watched until one stops, the one that is meant, and none where there is none', async () => {
  await using gpu = await pathWithGpu('50, 1, 2, 3, 4');
  const told: GpuStats[] = [];
  const watch = watchGpu((now) => told.push(now), { PATH: gpu.path, CUDA_VISIBLE_DEVICES: '1,0' }, 10);
  await until(() => told.length >= 3, 'it was told three times');
  watch.stop();
  const { length } = told;
  const none = watchGpu((now) => told.push(now), { PATH: '/nowhere' }, 1);
  const other = watchGpu(() => {}, { PATH: gpu.path }, 10);
  await until(async () => (await gpu.asked()).includes('--id=0'), 'another was asked for');
  none.stop();
  other.stop();
  expect(await gpu.asked()).toContain('--id=1');
  expect(told.length).toBe(length);
});
