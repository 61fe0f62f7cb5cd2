import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { type Picture, realPhotos } from '../pictures.ts';
import type { Studio } from '../studio.ts';
import { until } from '../until.ts';
import { dropFiles } from './drop-files.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

/** What differs between the two modes: everything else that one sees and does is the same. */
export type Mode = {
  name: string;
  start(): Promise<Studio>;
  /** Pixels a side of an image at standard quality. */
  imageSide: number;
  /** Of the quick preset's training of 500 steps. */
  samples: number;
  /** Of that too: at the last step there is the LoRA, and with some engines a checkpoint besides. */
  lastCheckpoint: number;
};

/** From photos to pictures in a browser, as somebody does it who has just installed it. */
export function workflow(mode: Mode) {
  let studio: Studio;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let photos: Picture[];
  const inaccessible: string[] = [];

  beforeAll(async () => {
    photos = (await realPhotos()).slice(0, 10);
    studio = await mode.start();
    browser = await launchBrowser();
    watched = await openPage(browser, studio.url);
    page = watched.page;
  });

  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
  });

  /** What axe finds is gathered, so that one finding does not end the way. */
  const lookAround = async () => inaccessible.push(...(await watched.inaccessible()));
  const fileOf = ({ name, bytes }: Picture) => ({ name, mimeType: 'image/jpeg', buffer: bytes });

  /** As when files are let go over the page. */
  const drop = (files: Picture[]) =>
    dropFiles(
      page.locator('main'),
      files.map((file) => ({ ...file, type: 'image/jpeg' })),
    );

  /** The loss table: step → what stands in its row. */
  async function lossRows(): Promise<Map<string, string>> {
    const rows = await page
      .getByRole('region', { name: 'Loss as numbers' })
      .locator('tbody tr')
      .allInnerTexts();
    return new Map(rows.map((row) => [row.split('\t')[0] ?? '', row]));
  }

  const stepNow = async () => Number(await page.getByTestId('step').getAttribute('data-step'));
  const uploadsEnded = (words: string) =>
    page.getByRole('region', { name: 'Uploads' }).getByText(words).waitFor();
  const loadedTiles = () =>
    page
      .locator('main ul img[data-loaded="true"]')
      .evaluateAll(
        (images) => (images as HTMLImageElement[]).filter((image) => image.naturalWidth > 0).length,
      );

  describe(`from photos to pictures, ${mode.name}`, () => {
    test('a character is created', async () => {
      await page.goto('/');
      await page.getByRole('button', { name: 'Try it with example pictures' }).waitFor();
      await lookAround();
      await page.getByRole('button', { name: 'New character' }).first().click();
      await page.getByLabel('Name').fill('Mara');
      await expect.poll(() => page.getByLabel('Trigger word').inputValue()).toBe('mara');
      await lookAround();
      await page.getByLabel('Trigger word').fill('mara_v');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/characters\/./);
      await page.getByRole('heading', { name: 'Mara', exact: true }).waitFor();
    });

    test('photos are added by the file chooser and by drop, and their thumbnails are seen', async () => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Choose photos' }).click(),
      ]);
      await chooser.setFiles(photos.slice(0, 5).map(fileOf));
      await uploadsEnded('5 photos added');
      await drop(photos.slice(5));
      await uploadsEnded('10 photos added');
      await until(async () => (await loadedTiles()) === 10, 'all ten thumbnails are loaded');
      // The same photo again is not a second photo.
      await drop(photos.slice(0, 1));
      await uploadsEnded('10 photos added, 1 already here');
      await lookAround();
    });

    test('a photo is captioned, and the caption stays', async () => {
      await page.locator('main ul button').first().click();
      await page.getByLabel('Caption').fill('on a wooden table');
      await page.keyboard.press('Tab');
      await page.getByText('Saved', { exact: true }).waitFor();
      await lookAround();
      await page.reload();
      await expect.poll(() => page.getByLabel('Caption').inputValue()).toBe('on a wooden table');
    });

    test('a value out of range is refused where it stands, and the quick training starts', async () => {
      await page.getByRole('link', { name: 'Train Mara' }).click();
      await page.getByRole('radio', { name: /Quick/ }).check();
      const rate = page.getByLabel('Learning rate', { exact: true });
      await rate.fill('9');
      await page.getByText('The most is 0.01.').waitFor();
      await expect.poll(() => page.getByRole('button', { name: 'Start training' }).isDisabled()).toBe(true);
      await lookAround();
      await page.getByRole('button', { name: 'Put Learning rate back to the preset' }).click();
      await page.getByRole('button', { name: 'Start training' }).click();
      await page.waitForURL(/\/trainings\/./);
    });

    test('progress is live, and a reload in the middle shows the same numbers', async () => {
      await page.getByRole('button', { name: 'numbers' }).click();
      await until(async () => (await stepNow()) >= 60, 'the training is at step 60 without a reload');
      await page.getByRole('link', { name: /Mara · training 1/ }).waitFor();
      await until(async () => (await lossRows()).size >= 50, 'fifty steps stand in the table');
      const before = await lossRows();
      const step = await stepNow();
      await page.reload();
      await page.getByTestId('step').waitFor();
      expect(await stepNow()).toBeGreaterThanOrEqual(step);
      expect(await stepNow(), 'it was still in the middle').toBeLessThan(500);
      await page.getByRole('button', { name: 'numbers' }).click();
      await until(async () => (await lossRows()).size >= before.size, 'the steps are there again');
      const after = await lossRows();
      for (const [of, row] of before) expect(after.get(of)).toBe(row);
      await lookAround();
    });

    test('it completes, with samples, checkpoints and a loss without a gap', async () => {
      await page.getByRole('heading', { name: 'Mara v1 is ready' }).waitFor({ timeout: 60_000 });
      await expect.poll(stepNow).toBe(500);
      await until(
        async () => (await lossRows()).size === 500,
        'all 500 steps are there, live and stored together',
      );
      expect([...(await lossRows()).keys()]).toEqual(
        Array.from({ length: 500 }, (_, index) => String(index + 1)),
      );
      await page
        .getByRole('link', { name: `Download the checkpoint of step ${mode.lastCheckpoint}` })
        .waitFor();
      await page.getByRole('button', { name: 'numbers' }).click();
      await page.getByRole('img', { name: /Smoothed loss from/ }).waitFor();

      await page
        .getByRole('button', { name: /^Step 500/ })
        .first()
        .click();
      await page.getByRole('dialog', { name: /^Step 500/ }).waitFor();
      await lookAround();
      await page.keyboard.press('ArrowLeft');
      await page.getByRole('dialog', { name: /^Step 400/ }).waitFor();
      await page.keyboard.press('Escape');
      await lookAround();
    });

    test('images are generated with the LoRA while one watches', async () => {
      await page.getByRole('link', { name: 'Generate with Mara v1' }).click();
      await expect.poll(() => page.getByLabel('Prompt', { exact: true }).inputValue()).toBe('mara_v, ');
      await page.getByLabel('Prompt', { exact: true }).fill('mara_v, on a beach');
      await page.getByRole('slider', { name: 'Images' }).fill('2');
      await lookAround();
      await page.getByRole('button', { name: 'Generate 2 images' }).click();
      const batch = page.getByRole('article', { name: 'mara_v, on a beach' });
      const images = batch.locator('a img[data-loaded="true"]');
      await until(async () => (await images.count()) === 2, 'both images are loaded', { seconds: 60 });
      for (const image of await images.all()) {
        expect(await image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBeGreaterThan(
          0,
        );
      }
      await lookAround();
    });

    test('the gallery shows them, one opens in full with its parameters, and arrow keys go on', async () => {
      await page.getByRole('link', { name: 'Gallery' }).click();
      await until(async () => (await loadedTiles()) === 2, 'both images are in the gallery');
      await lookAround();
      await page.locator('main ul a').first().click();
      await page.waitForURL(/\/outputs\/./);
      const image = page.locator('main img[data-loaded="true"][src*="/files/outputs/"]').first();
      await image.waitFor();
      expect(await image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBe(
        mode.imageSide,
      );
      await page.getByRole('complementary', { name: 'Parameters' }).getByText('Mara v1').waitFor();
      await lookAround();
      const first = page.url();
      await page.keyboard.press('ArrowRight');
      await page.waitForURL((url) => url.href !== first);
      await page.locator('main img[data-loaded="true"]').first().waitFor();
    });

    test('the queue shows both as done', async () => {
      await page.getByRole('link', { name: 'Queue' }).click();
      const done = page.getByRole('region', { name: 'Done' });
      await done.getByRole('link', { name: /training 1/ }).waitFor();
      expect(await done.getByRole('listitem').count()).toBe(2);
      await lookAround();
    });

    test('the other pages are sound', async () => {
      await page.getByRole('link', { name: 'LoRAs' }).click();
      await page.getByText('Mara v1').waitFor();
      await lookAround();
      await page.goto('/video');
      await page.getByRole('heading', { name: 'No video yet' }).waitFor();
      await lookAround();
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('tab', { name: 'About' }).click();
      await page.getByText(/Accounts are switched off/).waitFor();
      await lookAround();
      await page.getByRole('tab', { name: 'Audit' }).click();
      await page.getByText('Start generation').first().waitFor();
      await page.goto('/characters/nobody');
      await page.getByRole('heading', { name: 'There is no such character' }).waitFor();
      await page.goto('/nowhere');
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
      await lookAround();
    });

    test('the keyboard alone goes to the page, walks the tabs, and a dialog gives the focus back', async () => {
      await page.goto('/');
      await page.getByRole('link', { name: /Mara/ }).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
      await page.getByRole('link', { name: /Mara/ }).focus();
      await page.keyboard.press('Enter');
      const photosTab = page.getByRole('tab', { name: /Photos/ });
      await photosTab.focus();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('link', { name: /Training 1/ }).waitFor();
      await lookAround();
      await page.keyboard.press('ArrowRight');
      await page.getByText('Mara v1').waitFor();
      await page.keyboard.press('ArrowRight');
      await until(async () => (await loadedTiles()) === 2, 'the images of Mara are seen');
      await lookAround();
      const edit = page.getByRole('button', { name: 'Edit Mara' });
      await edit.focus();
      await page.keyboard.press('Enter');
      await expect
        .poll(() => page.getByLabel('Name').evaluate((field) => field === document.activeElement))
        .toBe(true);
      for (let press = 0; press < 12; press++) {
        await page.keyboard.press('Tab');
        expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)).toBe(
          true,
        );
      }
      await page.keyboard.press('Escape');
      await expect.poll(() => edit.evaluate((button) => button === document.activeElement)).toBe(true);
    });

    test('a delete names what goes, and then it is gone', async () => {
      await page.goto('/');
      await page.getByRole('link', { name: /Mara/ }).click();
      await page.getByRole('button', { name: 'Delete Mara' }).click();
      await page
        .getByText(new RegExp(`10 photos, 1 LoRA, 1 training, ${mode.samples} samples,? and 2 images`))
        .waitFor();
      await lookAround();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete Mara' }).click();
      await page.getByRole('heading', { name: 'Make your first character' }).waitFor();
    });

    test('everything on the way is accessible, in the dark and in the light', () => {
      expect(inaccessible).toEqual([]);
    });

    test('nothing complained on the way', () => {
      expect(watched.complaints).toEqual([]);
    });
  });
}
