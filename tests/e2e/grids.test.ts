import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { realPhotos } from '../pictures.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from '../steps.ts';
import { type Studio, startStudio } from '../studio.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

let studio: Studio;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let loraId: string;
const inaccessible: string[] = [];

beforeAll(async () => {
  studio = await startStudio({ client: true, worker: true, env: { FAST_TEST_STEP_MS: '1' } });
  const character = await createCharacter(studio, 'Mara', 'mara7');
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 5));
  const { id } = await startTraining(studio, character.id, { steps: 10, samplePrompts: [], rank: 4 });
  await eventsOf(studio, id);
  const { training } = await studio.graphql('query ($id: ID!) { training(id: $id) { lora { id } } }', { id });
  loraId = training.lora.id;
  browser = await launchBrowser();
  watched = await openPage(browser, studio.url);
  page = watched.page;
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const lookAround = async () => inaccessible.push(...(await watched.inaccessible()));
const prompt = () => page.getByLabel('Prompt', { exact: true });
const dialog = () => page.getByRole('dialog');
const button = (name: string | RegExp) => page.getByRole('button', { name });

test('a list is pasted, and the prompt shows what it becomes', async () => {
  await page.goto(`/generate?lora=${loraId}`);
  await button('Wildcards').click();
  await dialog().getByRole('button', { name: 'New list' }).click();
  await dialog().getByLabel('Name').fill('Weather');
  await dialog().getByLabel('Lines').fill('in heavy rain\n\n  in thick fog  \n');
  await dialog().getByText('2 lines').waitFor();
  await lookAround();
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().getByText('__weather__').waitFor();
  await lookAround();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });

  await prompt().fill('{trigger} {at dawn|at dusk} __weather__');
  const becomes = page.getByRole('region', { name: 'What the prompt becomes' });
  await becomes
    .getByText(/^mara7 at (dawn|dusk) in (heavy rain|thick fog)$/)
    .first()
    .waitFor();
  await prompt().fill('{trigger} __wether__');
  await becomes.getByText('There is no wildcard list "wether".').waitFor();
  await prompt().fill('{trigger} {at dawn|at dusk} __weather__');
  await becomes
    .getByText(/^mara7 at/)
    .first()
    .waitFor();
  await lookAround();
});

test('a prompt becomes a template, and the template the prompt', async () => {
  await button('Templates').click();
  await dialog().getByLabel('Save this prompt as').fill('Weather');
  await page.keyboard.press('Enter');
  await dialog().getByRole('button', { name: 'Rename Weather' }).click();
  await dialog().getByLabel('New name of Weather').fill('Outdoors');
  await page.keyboard.press('Enter');
  await dialog().getByRole('button', { name: 'Use Outdoors' }).waitFor();
  await lookAround();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await prompt().fill('something else');
  await button('Templates').click();
  await dialog().getByRole('button', { name: 'Use Outdoors' }).click();
  await dialog().waitFor({ state: 'detached' });
  expect(await prompt().inputValue()).toBe('{trigger} {at dawn|at dusk} __weather__');

  await button('Templates').click();
  await dialog().getByRole('button', { name: 'Delete Outdoors' }).click();
  await dialog().getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog().getByText('No template yet.').waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
});

test('a grid is filled in by keyboard, outlives a reload, and is shown as a table', async () => {
  await page.getByRole('switch', { name: 'Grid' }).press('Space');
  await page.getByText('Give the grid at least one thing that varies.').waitFor();
  await page.getByLabel('Prompts of the grid').fill('{trigger} in snow\n{trigger} on a beach');
  await page.getByLabel('No LoRA').press('Space');
  await page.getByLabel(/^Mara/, { exact: false }).and(page.getByRole('checkbox')).press('Space');
  await page.getByLabel('Strengths of the first LoRA').fill('0.4, 3');
  await page.getByText('3 is no strength').waitFor();
  await lookAround();
  await page.getByLabel('Strengths of the first LoRA').fill('0.4, 1');
  await page.getByLabel('Seeds of the grid').fill('1 2');
  await button('Generate 16 images').waitFor();
  await page.reload();
  await button('Generate 16 images').waitFor();
  await page.getByLabel('Seeds of the grid').fill('');
  await page.getByText('Draft', { exact: false }).first().click();
  await page.getByLabel('Seeds of the grid').press('Control+Enter');
  const tables = page.getByRole('table');
  await tables.first().waitFor();
  expect(await tables.count()).toBe(2);
  const cells = tables.first().getByRole('cell').getByRole('link');
  // Eight images of a whole size: they take their time on a machine that has others at work.
  await cells.nth(3).waitFor({ timeout: 60_000 });
  expect(await tables.first().getByRole('columnheader').allInnerTexts()).toEqual(['× 0.4', '× 1']);
  expect((await tables.first().getByRole('rowheader').allInnerTexts())[0]).toBe('No LoRA');
  await tables.last().getByRole('cell').getByRole('link').nth(3).waitFor({ timeout: 60_000 });
  await lookAround();

  await page.setViewportSize({ width: 390, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await lookAround();
  await page.setViewportSize({ width: 1366, height: 900 });

  // Of the row with her LoRA; in the other nobody is called.
  await cells.nth(3).press('Enter');
  await page.getByRole('heading', { name: 'Prompt', exact: true }).waitFor();
  await page.getByText('mara7 in snow').first().waitFor();
  await lookAround();
});

test('everybody can use it, and nothing complained', () => {
  expect(inaccessible).toEqual([]);
  expect(watched.complaints).toEqual([]);
});
