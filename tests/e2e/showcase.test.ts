import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

const root = join(import.meta.dirname, '../..');
const LOOKS = ['dark', 'light'].flatMap((theme) =>
  ['comfortable', 'compact'].map((density) => ({ theme, density })),
);

let vite: ViteDevServer;
let browser: Browser;
let watched: WatchedPage;

beforeAll(async () => {
  vite = await createServer({
    configFile: join(root, 'client/vite.config.ts'),
    logLevel: 'warn',
    clearScreen: false,
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  });
  await vite.listen();
  browser = await launchBrowser();
  const address = vite.httpServer?.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  watched = await openPage(browser, `http://127.0.0.1:${port}`);
  watched.page.setDefaultTimeout(60_000);
});

afterAll(async () => {
  await browser?.close();
  await vite?.close();
});

test.for(LOOKS)(
  'every component in every state is accessible: $theme, $density',
  async ({ theme, density }) => {
    const { page } = watched;
    await page.goto(`/ui?theme=${theme}&density=${density}`);
    await page.getByRole('heading', { name: 'Components' }).waitFor();
    await page.getByRole('img', { name: /Smoothed loss/ }).waitFor();
    expect(await watched.inaccessibleAsItIs()).toEqual([]);
    for (const name of ['Dialog', 'Confirm', 'Drawer']) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByRole('dialog').waitFor();
      expect(await watched.inaccessibleAsItIs(), name).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: 'Bad news' }).click();
    await page.getByText('That did not work').waitFor();
    expect(await watched.inaccessibleAsItIs()).toEqual([]);
  },
);

test('all four looks stand side by side', async () => {
  const { page } = watched;
  await page.goto('/ui');
  for (const { theme, density } of LOOKS)
    await page
      .frameLocator(`iframe[title="${theme}, ${density}"]`)
      .getByRole('heading', { level: 1 })
      .waitFor();
});
