import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { startWithModels } from '../models.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

let started: Awaited<ReturnType<typeof startWithModels>>;
let browser: Browser;
let watched: WatchedPage;

beforeAll(async () => {
  started = await startWithModels({ client: true });
  browser = await launchBrowser();
  watched = await openPage(browser, started.studio.url);
});

afterAll(async () => {
  started?.hub.release();
  await browser?.close();
  await started?.[Symbol.asyncDispose]();
});

const LABEL = 'Model test/known';
const row = (label: string) => watched.page.getByRole('listitem').filter({ hasText: label });

test('a model is downloaded by keyboard, and is followed here and in the queue', async () => {
  const { page } = watched;
  started.hub.misbehave({ holdAfter: 3_000_000 });
  await page.goto('/settings/models');
  await page.getByRole('heading', { name: 'Tests 0 of 5 installed' }).waitFor();
  await page.getByRole('button', { name: `Download ${LABEL}` }).focus();
  await page.keyboard.press('Enter');
  await row(LABEL).getByText('Downloading').waitFor();
  await row(LABEL)
    .getByText(/^[23]\.0 MB \/ 8\.0 MB/)
    .waitFor();
  await row(LABEL)
    .getByRole('progressbar', { name: `${LABEL}, megabytes` })
    .waitFor();
  expect(await watched.inaccessible()).toEqual([]);

  await page.goto('/queue');
  await page.getByRole('region', { name: 'Running' }).getByRole('img', { name: 'Download' }).waitFor();
  await page
    .getByRole('link', { name: `${LABEL} · download` })
    .first()
    .click();
  await page.waitForURL('**/settings/models');
});

test('it is cancelled, and started again to its end', async () => {
  const { page } = watched;
  await page.getByRole('button', { name: `Cancel the download of ${LABEL}` }).click();
  await page.getByText('What came so far is deleted.').waitFor();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.getByRole('button', { name: `Download ${LABEL}` }).waitFor();
  started.hub.release();
  await page.getByRole('button', { name: `Download ${LABEL}` }).click();
  await row(LABEL).getByText('Installed', { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Tests 1 of 5 installed' }).waitFor();
});

test('one that failed says why and what to do, and is tried again', async () => {
  const { page } = watched;
  await page.getByRole('button', { name: 'Download Model test/moved' }).click();
  await row('Model test/moved').getByText('Put the file into the folder by hand.').waitFor();
  expect(await watched.inaccessible()).toEqual([]);
  started.hub.put('someone/test-moved', 'weights/model.safetensors', Buffer.from('hello'));
  await page.getByRole('button', { name: 'Try again Model test/moved' }).click();
  await row('Model test/moved').getByText('Installed', { exact: true }).waitFor();
});

test('it fits a phone, and nothing was complained of', async () => {
  const { page, complaints } = watched;
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(390);
  expect(await watched.inaccessible()).toEqual([]);
  expect(complaints).toEqual([]);
});
