import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Data } from '../api.ts';
import { launchBrowser } from '../browser.ts';
import { generate, listed, trainedCharacter } from '../gallery.ts';
import { startGeneration } from '../steps.ts';
import { type Studio, startStudio } from '../studio.ts';
import { until } from '../until.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

let studio: Studio;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let lora: Data;
const inaccessible: string[] = [];

beforeAll(async () => {
  studio = await startStudio({ client: true, env: { FAST_TEST_STEP_MS: '1' } });
  ({ lora } = await trainedCharacter(studio, 'Mara'));
  const loras = [{ loraId: lora.id, strength: 1 }];
  for (const prompt of ['a portrait at dawn', 'a portrait at noon', 'a portrait at dusk'])
    await generate(studio, { prompt, count: 16, loras });
  await generate(studio, { prompt: 'a red fox in the snow', count: 4, width: 384 });
  browser = await launchBrowser();
  watched = await openPage(browser, studio.url);
  page = watched.page;
});

afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const lookAround = async () => inaccessible.push(...(await watched.inaccessible()));
const tiles = () => page.locator('main [data-output]');
const idOf = (place: number) => tiles().nth(place).getAttribute('data-output');
const selected = (count: number) =>
  page.getByRole('region', { name: 'What is selected' }).getByText(`${count} selected`).waitFor();
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-output'));
const bar = (name: string) =>
  page.getByRole('region', { name: 'What is selected' }).getByRole('button', { name, exact: true });

test('filters are the address, by hand and by link', async () => {
  await page.goto('/outputs');
  await page.getByText('52', { exact: true }).waitFor();
  await lookAround();
  await page.getByLabel('Words in the prompt').fill('red fox');
  await page.waitForURL(/search=red\+fox|search=red%20fox/);
  await expect.poll(() => tiles().count()).toBe(4);
  await page.getByLabel('Character').selectOption({ label: 'Mara' });
  await page.getByText('No image is like this').waitFor();
  await lookAround();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.waitForURL((url) => url.search === '');
  await page.goto(`/outputs?lora=${lora.id}`);
  await page.getByText('48', { exact: true }).waitFor();
  expect(await page.getByLabel('LoRA').inputValue()).toBe(lora.id);
});

test('images are chosen by mouse, marked, and found as favourites', async () => {
  await page.goto('/outputs');
  await tiles().first().waitFor();
  const [first, third] = [await idOf(0), await idOf(2)];
  await tiles().first().hover();
  await page
    .getByRole('button', { name: /^Select:/ })
    .first()
    .click();
  await selected(1);
  await tiles()
    .nth(2)
    .click({ modifiers: ['Shift'] });
  await selected(3);
  await lookAround();
  await bar('Favourite').click();
  await bar('Not favourite').waitFor();
  await bar('Select nothing').click();
  await page.getByRole('button', { name: 'Favourites' }).click();
  await page.waitForURL(/favourite=1/);
  await expect.poll(() => tiles().count()).toBe(3);
  expect([await idOf(0), await idOf(2)]).toEqual([first, third]);
});

test('by the keyboard alone: walk, choose a range, delete, undo', async () => {
  await page.goto('/outputs');
  await tiles().first().waitFor();
  const ids = [await idOf(0), await idOf(1), await idOf(2)];
  await tiles().first().focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(focused).toBe(ids[1]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect.poll(focused).toBe(ids[1]);
  await page.keyboard.press(' ');
  await page.keyboard.press('Shift+ArrowRight');
  await selected(2);
  await page.keyboard.press('Delete');
  await page.getByText('2 images moved to the trash').waitFor();
  expect(await listed(studio, { inTrash: true })).toEqual(expect.arrayContaining(ids.slice(1)));
  await expect.poll(() => page.locator(`[data-output="${ids[1]}"]`).count()).toBe(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('2 images restored').waitFor();
  await expect.poll(() => Promise.all([0, 1, 2].map(idOf))).toEqual(ids);
  await page.keyboard.press('Escape');
  await tiles().first().focus();
  await page.keyboard.press('Control+a');
  await selected(52);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('region', { name: 'What is selected' }).count()).toBe(0);
});

test('a selection is downloaded as one ZIP', async () => {
  await tiles()
    .nth(0)
    .click({ modifiers: ['Control'] });
  await tiles().nth(1).click();
  await selected(2);
  const [download] = await Promise.all([page.waitForEvent('download'), bar('ZIP').click()]);
  expect(download.suggestedFilename()).toBe('isengard-2-images.zip');
  expect(await download.failure()).toBeNull();
});

test('two are compared, and zoomed as one', async () => {
  await bar('Compare').click();
  await page.waitForURL(/\/outputs\/compare\?ids=/);
  const stages = page.getByRole('group');
  await expect.poll(() => stages.count()).toBe(2);
  const transforms = () =>
    stages.evaluateAll((all) => all.map((stage) => (stage.firstElementChild as HTMLElement).style.transform));
  await stages.first().focus();
  await page.keyboard.press('+');
  await page.keyboard.press('ArrowRight');
  await page.getByText('125 %').waitFor();
  await stages.last().hover();
  await page.mouse.wheel(0, -400);
  await expect.poll(async () => new Set(await transforms()).size).toBe(1);
  await expect.poll(async () => (await transforms())[0]).not.toMatch(/scale\(1(\.25)?\)/);
  await lookAround();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(transforms).toEqual(['scale(1) translate(0%, 0%)', 'scale(1) translate(0%, 0%)']);
  await page.goBack();
});

test('an image opens, goes on within the filter, and the way back leads to where one was', async () => {
  await page.goto(`/outputs?lora=${lora.id}`);
  await tiles().first().waitFor();
  await page.mouse.wheel(0, 900);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(500);
  const before = await page.evaluate(() => window.scrollY);
  const all = await listed(studio, { loraId: lora.id });
  const last = all[all.length - 1];
  await until(async () => (await page.locator(`[data-output="${last}"]`).count()) > 0, 'the last is in view');
  await page.locator(`[data-output="${last}"]`).click();
  await page.waitForURL(new RegExp(`/outputs/${last}\\?lora=`));
  await page.getByRole('region', { name: 'Where it comes from' }).getByText('3 photos').waitFor();
  await lookAround();
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('button', { name: 'Next image' }).isDisabled()).toBe(true);
  await page.keyboard.press('ArrowLeft');
  await page.waitForURL(new RegExp(`/outputs/${all.at(-2)}`));
  await page.goBack();
  await tiles().first().waitFor();
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(before - 200);
});

test('the trash gives back, and takes for good after asking', async () => {
  await page.goto('/outputs?search=fox');
  await tiles().first().click();
  await page.getByRole('button', { name: 'Move to the trash' }).click();
  await page.getByText('1 image moved to the trash').waitFor();
  const [next] = await listed(studio, { search: 'fox' });
  await page.waitForURL(new RegExp(`/outputs/${next}`));
  await expect.poll(() => page.locator('main img[data-loaded]').first().getAttribute('src')).toContain(next);
  await page.getByRole('button', { name: 'Move to the trash' }).click();
  await expect.poll(async () => (await listed(studio, { inTrash: true })).length).toBe(2);
  await page.goto('/outputs?trash=1');
  await expect.poll(() => tiles().count()).toBe(2);
  await lookAround();
  await tiles().first().click();
  await page.getByText('This image is in the trash').waitFor();
  await lookAround();
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('1 image restored').waitFor();
  await page.getByRole('button', { name: 'Move to the trash' }).waitFor();
  await page.goto('/outputs?trash=1');
  await page.getByRole('button', { name: 'Empty trash' }).click();
  await page.getByText('This cannot be undone').waitFor();
  await page.getByRole('button', { name: 'Delete all for good' }).click();
  await page.getByText('The trash is empty').waitFor();
  expect(await listed(studio, { search: 'fox' })).toHaveLength(3);
  await page.goto('/generate');
  await page.getByText('was deleted').waitFor();
});

test('new images come in at the top, or wait until one is done looking', async () => {
  const make = (prompt: string) =>
    startGeneration(studio, { prompt, count: 1, width: 256, height: 256, steps: 1 });
  await page.goto('/outputs');
  await tiles().first().waitFor();
  await make('a lighthouse');
  await page.getByRole('img', { name: 'a lighthouse' }).waitFor();
  await page.mouse.wheel(0, 600);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(300);
  const place = () =>
    tiles().evaluateAll((all) =>
      all.slice(0, 30).map((tile) => [tile.getAttribute('data-output'), tile.getBoundingClientRect().top]),
    );
  let last = '';
  await until(async () => {
    const before = last;
    last = JSON.stringify(await place());
    return last === before;
  }, 'it stands still');
  const before = await place();
  await make('a sailboat');
  await page.getByRole('button', { name: 'Show 1 new image' }).waitFor();
  expect(await place()).toEqual(before);
  await page.getByRole('button', { name: 'Show 1 new image' }).click();
  await page.getByRole('img', { name: 'a sailboat' }).waitFor();
});

test('everything on the way is accessible, and nothing complained', () => {
  expect(inaccessible).toEqual([]);
  expect(watched.complaints).toEqual([]);
});
