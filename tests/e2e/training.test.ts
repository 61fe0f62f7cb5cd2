import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { realPhotos } from '../pictures.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from '../steps.ts';
import { type Studio, startStudio } from '../studio.ts';
import { until } from '../until.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

let studio: Studio;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

/** A training that one worker began and another one ended, and its page. */
beforeAll(async () => {
  studio = await startStudio({ client: true, worker: false });
  const character = await createCharacter(studio);
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 4));
  const first = await studio.startWorker({ FAST_TEST_STEP_MS: '20' });
  const config = { steps: 300, rank: 4, sampleEvery: 30, checkpointEvery: 100, keepCheckpoints: 3 };
  const { id } = await startTraining(studio, character.id, config);
  const document = 'query ($id: ID!) { training(id: $id) { checkpoints { id } } }';
  await until(
    async () => (await studio.graphql(document, { id })).training.checkpoints.length > 0,
    'it has a checkpoint',
  );
  first.kill('SIGTERM');
  await once(first, 'exit');
  await studio.startWorker();
  await eventsOf(studio, id);
  browser = await launchBrowser();
  watched = await openPage(browser, studio.url);
  page = watched.page;
  await page.goto(`${studio.url}/trainings/${id}`);
  await page.getByText('step 300 / 300').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

test('each attempt is there, with who ran it and how it ended', async () => {
  await page.locator('summary', { hasText: 'Attempts' }).click();
  const attempts = page.getByRole('group').filter({ hasText: 'Attempts' }).getByRole('listitem');
  expect(await attempts.allInnerTexts()).toEqual([
    expect.stringContaining('Given back by its worker'),
    expect.stringContaining('Done'),
  ]);
});

test('the log is searched, by keyboard alone', async () => {
  await page.locator('summary', { hasText: 'Log' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Checkpoint saved at step 200.').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('going ON');
  const lines = page.getByRole('log').locator('p');
  await expect.poll(() => lines.allInnerTexts()).toEqual([expect.stringContaining('Going on after step')]);
  await page.keyboard.type(' nowhere');
  await page.getByText('No line of those that are here matches.').waitFor();
});

test('of many samples the newest are seen, and a slider goes back to the first', async () => {
  const current = page.locator('th[aria-current]');
  await expect.poll(() => current.textContent()).toContain('300');
  const slider = page.getByRole('slider', { name: 'Step' });
  await slider.press('Home');
  await expect.poll(() => current.textContent()).toContain('30');
  await page.setViewportSize({ width: 390, height: 844 });
  await slider.press('End');
  await expect
    .poll(() => current.evaluate((head) => head.getBoundingClientRect().right <= innerWidth))
    .toBe(true);
  await slider.press('Home');
  await expect.poll(() => current.evaluate((head) => head.getBoundingClientRect().left >= 0)).toBe(true);
  await page.setViewportSize({ width: 1366, height: 900 });
});

test('the learning rate has a curve of its own', async () => {
  await page.getByRole('button', { name: 'learning rate' }).click();
  await page.getByRole('img', { name: /^Learning rate, 1e-4 at most/ }).waitFor();
  expect(await watched.inaccessible()).toEqual([]);
});

test('a checkpoint is generated with: it becomes a LoRA on the way, once', async () => {
  await page.getByRole('button', { name: 'Generate with step 200' }).click();
  await page.getByText('Step 200 is Mara v2 now').waitFor();
  await page.waitForURL(/\/generate/);
  await page.getByText('Mara v2').first().waitFor();
  await page.goBack();
  const again = page.getByRole('link', { name: 'Generate with step 200' });
  await again.waitFor();
  await page.goto(`${studio.url}/loras`);
  await page.getByText('training 1, step 200').waitFor();
  expect(await watched.inaccessible()).toEqual([]);
  expect(watched.complaints).toEqual([]);
});
