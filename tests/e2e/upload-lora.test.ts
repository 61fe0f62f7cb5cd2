import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { loraBytes, SOME_LAYERS, shapesOf } from '../loras.ts';
import { createCharacter } from '../steps.ts';
import { type Studio, startStudio } from '../studio.ts';
import { dropFiles } from './drop-files.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

let studio: Studio;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
const inaccessible: string[] = [];

beforeAll(async () => {
  studio = await startStudio({ client: true });
  await createCharacter(studio, 'Mara', 'mara k');
  browser = await launchBrowser();
  watched = await openPage(browser, studio.url);
  page = watched.page;
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const lookAround = async (_name: string) => inaccessible.push(...(await watched.inaccessible()));
const dialog = () => page.getByRole('dialog');
const chosen = (name: string, buffer: Buffer) =>
  dialog().getByLabel('File').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });

test('what is no safetensors file is not even sent', async () => {
  await page.goto('/loras');
  await page.getByRole('button', { name: 'Upload LoRA' }).click();
  await chosen('style.ckpt', Buffer.from('\x80\x02}q\x00 a pickle of somebody', 'latin1'));
  await dialog().getByText('This is not a safetensors file.').waitFor();
  expect(await dialog().getByRole('button', { name: 'Upload LoRA' }).isDisabled()).toBe(true);
  await lookAround('refused');
});

test('one whose base model is not to be seen asks for it, and is taken with it', async () => {
  const said = {
    'modelspec.trigger_phrase': 'ohwx woman',
    'modelspec.usage_hint': 'in the style of Vermeer',
  };
  await chosen('my style.safetensors', await loraBytes(shapesOf('kohya', SOME_LAYERS, 16), said));
  // By keyboard, as everything: from the file to the name, and Enter sends.
  await dialog().getByLabel('Name').press('Enter');
  await dialog().getByText('The file does not show for which base model it is').waitFor();
  await lookAround('asks');
  await dialog().getByLabel('Base model').selectOption({ label: 'Fast test' });
  await dialog().getByRole('button', { name: 'Upload LoRA' }).click();
  await dialog().waitFor({ state: 'detached' });
  const row = page.getByRole('listitem').filter({ hasText: 'my style' });
  await row.getByText('No character').waitFor();
  expect(await row.textContent()).toContain('uploaded');
  await lookAround('listed');
});

test('it is used without a trigger word', async () => {
  await page.getByRole('link', { name: 'Use' }).click();
  await page.getByLabel('Prompt', { exact: true }).waitFor();
  await page.getByText('my style').first().waitFor();
  expect(await page.getByLabel('Prompt', { exact: true }).inputValue()).toBe('');
  await lookAround('generate');
});

test('one of its suggested words becomes its trigger word, and another one by hand', async () => {
  await page.goto('/loras');
  const row = page.getByRole('listitem').filter({ hasText: 'my style' });
  await row.getByRole('button', { name: 'ohwx woman' }).click();
  await row.getByText('Trigger word ohwx woman').waitFor();
  await row.getByRole('button', { name: 'Trigger word of my style' }).click();
  await dialog().getByRole('button', { name: 'in the style of Vermeer' }).click();
  await lookAround('trigger word');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await row.getByText('Trigger word in the style of Vermeer').waitFor();
});

test('a character gets one of its own', async () => {
  await page.goto('/');
  await page.getByRole('link', { name: 'Mara' }).first().click();
  await page.getByRole('tab', { name: 'LoRAs' }).click();
  await page.getByRole('button', { name: 'Upload LoRA' }).click();
  await dialog().getByText('Upload a LoRA of Mara').waitFor();
  await chosen('m.safetensors', await loraBytes(shapesOf('peft', SOME_LAYERS)));
  await dialog().getByLabel('Name').fill('Mara of elsewhere');
  await dialog().getByLabel('Base model').selectOption({ label: 'Fast test' });
  await dialog().getByRole('button', { name: 'Upload LoRA' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Mara of elsewhere' }).waitFor();
  await lookAround('of a character');
});

test('a file that is dropped beside its field is taken too', async () => {
  await page.getByRole('button', { name: 'Upload LoRA' }).click();
  const file = { name: 'a.zip', type: 'application/zip', bytes: Buffer.from('no safetensors file') };
  await dropFiles(dialog().getByLabel('Name'), [file]);
  await dialog().getByText('This is not a safetensors file.').waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
});

test('an upload is taken back', async () => {
  await page.goto('/loras');
  await page.getByRole('button', { name: 'Upload LoRA' }).click();
  await page.route('**/graphql', (route) =>
    route.request().headers()['x-isengard-upload'] ? undefined : route.fallback(),
  );
  await chosen('slow.safetensors', await loraBytes(shapesOf('peft', SOME_LAYERS), { a: 'b' }));
  await dialog().getByLabel('Base model').selectOption({ label: 'Fast test' });
  await dialog().getByRole('button', { name: 'Upload LoRA' }).click();
  await dialog().getByRole('progressbar').waitFor();
  await lookAround('sending');
  await dialog().getByRole('button', { name: 'Cancel the upload' }).click();
  await dialog().getByRole('progressbar').waitFor({ state: 'detached' });
  await dialog().getByRole('button', { name: 'Upload LoRA' }).waitFor();
  await page.unroute('**/graphql');
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
});

test('everybody can use it, and nothing complained', () => {
  expect(inaccessible).toEqual([]);
  expect(watched.complaints).toEqual([]);
});
