import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { buildClient } from '#server/build-client.ts';
import { launchBrowser } from '#tests/browser.ts';
import { fillGallery } from './gallery-rows.ts';
import type { Installation } from './installation.ts';
import { ms, type Row, ratioOf } from './measure.ts';

const IMAGES = 100_000;
const LIMIT_MS = 50;
const ELEMENTS = 3_000;
const SCREENS = 400;

/** What a page remembers of itself, put there before it loads. */
type Watched = { longest: number; tasks: number };

/** Through a gallery of a hundred thousand images in a browser: how long its longest task is, and how many elements there are. */
export async function galleryScroll(installation: Installation): Promise<Row[]> {
  await fillGallery(installation, IMAGES);
  await buildClient();
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1366, height: 900 } });
    // The rows have no files; a picture is decoded all the same.
    const picture = await sharp({ create: { width: 256, height: 256, channels: 3, background: '#b5651d' } })
      .webp()
      .toBuffer();
    await page.route('**/files/outputs/**', (route) =>
      route.fulfill({ body: picture, contentType: 'image/webp' }),
    );
    await page.goto(`${installation.url}/outputs`);
    await page.locator('[data-output]').first().waitFor();
    const first = await scroll(page, { screens: SCREENS, step: 0.75 });
    const jumped = await jump(page);
    const longest = Math.max(first.longest, jumped.longest);
    return [
      {
        name: `gallery of ${IMAGES.toLocaleString('en')}: longest task while ${first.seen.toLocaleString('en')} images are scrolled by`,
        measured: longest === 0 ? `none over ${LIMIT_MS} ms` : ms(longest),
        against: `${LIMIT_MS} ms, the limit (${first.tasks + jumped.tasks} tasks over it)`,
        ratio: longest === 0 ? '< 1.00' : ratioOf(longest, LIMIT_MS),
      },
      {
        name: 'gallery: most elements in the page meanwhile',
        measured: String(first.elements),
        against: `${ELEMENTS}, the limit`,
        ratio: ratioOf(first.elements, ELEMENTS),
      },
    ];
  } finally {
    await browser.close();
  }
}

/** Three quarters of a screen each two frames, as with a wheel that is spun; and what the browser calls long tasks meanwhile. */
const scroll = (page: Page, how: { screens: number; step: number }) =>
  page.evaluate(async ({ screens, step }) => {
    const watched: Watched = { longest: 0, tasks: 0 };
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        watched.tasks++;
        watched.longest = Math.max(watched.longest, duration);
      }
    });
    observer.observe({ type: 'longtask' });
    const frame = () => new Promise(requestAnimationFrame);
    let elements = 0;
    let seen = 0;
    for (let n = 0; n < screens; n++) {
      window.scrollBy(0, window.innerHeight * step);
      await frame();
      await frame();
      elements = Math.max(elements, document.querySelectorAll('*').length);
      // At the end of what is there, the next window is on its way.
      const isAtEnd = () =>
        step > 0
          ? window.scrollY + window.innerHeight > document.body.scrollHeight - 10
          : window.scrollY < 10;
      for (let wait = 0; wait < 100 && isAtEnd(); wait++) await frame();
    }
    for (const tile of document.querySelectorAll('main li[aria-posinset]'))
      seen = Math.max(seen, Number(tile.getAttribute('aria-posinset')));
    await frame();
    observer.disconnect();
    return { ...watched, elements, seen };
  }, how);

/** To a month in the middle by the scrubber, and upwards from there. */
async function jump(page: Page) {
  const months = page.getByRole('navigation', { name: 'Months' }).getByRole('button');
  await months.nth(Math.floor((await months.count()) / 2)).click();
  await page.locator('[data-output]').first().waitFor();
  return scroll(page, { screens: 60, step: -0.75 });
}
