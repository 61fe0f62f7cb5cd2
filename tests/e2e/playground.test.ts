import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { type Studio, startStudio } from '../studio.ts';
import { tellViolations } from './watched-page.ts';

let studio: Studio;
let browser: Browser;

beforeAll(async () => {
  studio = await startStudio();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

test('the playground runs queries and, over the socket, subscriptions', async () => {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await tellViolations(page);
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(studio.url) && !/^(data|blob):/.test(request.url()))
      foreign.push(request.url());
  });

  await page.goto(`${studio.url}/graphql`);
  for (const tab of ['WhatIsHere', 'CreateCharacter', 'Train', 'Follow', 'Generate'])
    await page.getByRole('tab', { name: tab }).waitFor();
  await page.getByRole('button', { name: /execute query/i }).click();
  await page.getByText('"FAST_TEST"').waitFor();

  const subscription = 'subscription { jobEvents(jobId: "nobody") { cursor } }';
  const other = await (await browser.newContext()).newPage();
  await other.goto(`${studio.url}/graphql?query=${encodeURIComponent(subscription)}`);
  const socket = other.waitForEvent('websocket');
  await other.getByRole('button', { name: /execute query/i }).click();
  expect((await socket).url()).toBe(`${studio.url.replace('http', 'ws')}/graphql`);
  await other.locator('.result-window').getByText('"jobEvents"').waitFor();
  expect(errors).toEqual([]);
  expect(foreign).toEqual([]);
});
