import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { realPhotos } from '../pictures.ts';
import { createCharacter, startTraining, uploadImages } from '../steps.ts';
import { type Studio, startStudio } from '../studio.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

let studio: Studio;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  studio = await startStudio({ client: true, worker: false, env: { FAST_TEST_STEP_MS: '100' } });
  await studio.startWorker({ WORKER_KINDS: 'training' });
  await studio.startWorker({ WORKER_KINDS: 'generation' });
  browser = await launchBrowser();
  watched = await openPage(browser, studio.url);
  page = watched.page;
  const character = await createCharacter(studio, 'Mara');
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 2));
  await startTraining(studio, character.id, { steps: 5000, rank: 4, samplePrompts: [] });
});

afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const region = (name: string) => page.getByRole('region', { name, exact: true });
/** By what it has in hand. */
const trainer = () =>
  region('Workers').getByRole('listitem').filter({ hasText: 'Mara · training 1' }).first();

test('the line at the foot leads to the workers, with what they do and how their engines are', async () => {
  await page.goto('/queue');
  await page.getByRole('link', { name: '2 workers, ready' }).click();
  await page.getByRole('heading', { name: 'Workers and engines' }).waitFor();
  await trainer().getByText('Busy').waitFor();
  await trainer().getByText('Ready; it needs no GPU.').waitFor();
  await region('Workers').getByText('Idle').waitFor();
  await region('Engines').getByText('1 of 1 can be used').first().waitFor();
  expect(await watched.inaccessible()).toEqual([]);
});

test('a worker is drained by keyboard, after one was told what becomes of its job, and resumed', async () => {
  await trainer()
    .getByRole('button', { name: /^Drain/ })
    .focus();
  await page.keyboard.press('Enter');
  await page.getByText('It finishes Mara · training 1; nothing is lost.').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await trainer().getByText('Finishes what it has in hand and takes no more.').waitFor();
  const { workers } = await studio.graphql('{ workers { state } }');
  expect(workers).toContainEqual({ state: 'DRAINING' });
  await page.goto('/queue');
  await region('Running').getByText('Draining').waitFor();
  await region('Lines').getByText('No worker takes these').waitFor();
  await page.goBack();
  await trainer()
    .getByRole('button', { name: /^Resume/ })
    .focus();
  await page.keyboard.press('Enter');
  await trainer().getByText('Busy').waitFor();
  await trainer()
    .getByRole('button', { name: /^Drain/, disabled: false })
    .waitFor();
});

test('a server that cannot write its volume says so', async () => {
  const folder = join(studio.volume, 'cache/tmp');
  await rename(folder, `${folder}-away`);
  await page.reload();
  await region('Server').getByText('failed (ENOENT)').waitFor();
  await region('Server').getByText('Not ready').waitFor();
  await rename(`${folder}-away`, folder);
  await page.reload();
  await region('Server').getByText('Ready', { exact: true }).waitFor();
  expect(watched.complaints.splice(0)).toEqual([
    `network: 503 ${studio.url}/readyz`,
    expect.stringContaining('503'),
  ]);
});

test('workers that are killed are told to be lost, and how to start one', async () => {
  for (const child of studio.processes) if (child.pid !== studio.process.pid) child.kill('SIGKILL');
  await region('Lost workers').getByRole('listitem').nth(1).waitFor({ timeout: 50_000 });
  await page.getByText('No worker runs.').waitFor();
  await page.getByText('node server/worker.ts').waitFor();
  expect(await watched.inaccessible()).toEqual([]);
  await page.setViewportSize({ width: 360, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await studio.startWorker();
  await region('Workers')
    .getByText(/Busy|Idle/)
    .first()
    .waitFor();
  await page.getByText('No worker runs.').waitFor({ state: 'detached' });
  expect(watched.complaints).toEqual([]);
});
