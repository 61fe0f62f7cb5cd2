import { afterAll, expect, test } from 'vitest';
import { closeAll, engineOf, QUICK, standIn } from './runs/testing.ts';

afterAll(closeAll);

/** As the reports of a worker wait (server/jobs/engine-reports.ts). */
const REPORT_MS = 4000;

test('one that accepts and answers nothing does not hide how the others are', async () => {
  const [well, silent] = await Promise.all([standIn(), standIn({ faults: { isSilent: true } })]);
  const from = Date.now();
  expect(await engineOf([silent.url, well.url]).health()).toMatchObject({
    isHealthy: true,
    message: expect.stringContaining('1 of 2'),
  });
  expect(Date.now() - from).toBeLessThan(REPORT_MS);
});

test('while it is silent, what was known of it counts; where nothing is known, the wait is short', async () => {
  const comfyui = await standIn();
  const times = { ...QUICK, installedMs: 0 };
  const engine = engineOf([comfyui.url], { times });
  const known = await engine.models?.();
  expect(known).toMatchObject({ vae: [] });
  comfyui.faults.isSilent = true;
  const from = Date.now();
  expect(await engine.models?.()).toEqual(known);
  expect(await engine.models?.()).toEqual(known);
  expect(await engineOf([comfyui.url], { times }).models?.()).toBeNull();
  expect(Date.now() - from).toBeLessThan(10_000);
});

test('what comes is seen at once, and that it is gone, too', async () => {
  const comfyui = await standIn();
  const engine = engineOf([comfyui.url], { times: { ...QUICK, installedMs: 0 } });
  await engine.models?.();
  const { length } = comfyui.calls;
  await engine.models?.();
  expect(comfyui.calls.length).toBeGreaterThan(length);
  await comfyui.close();
  expect(await engine.models?.()).toBeNull();
});
