import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';

const axeSource = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

export type WatchedPage = {
  page: Page;
  /** What the console, the page and the network complained of so far. */
  complaints: string[];
  /** What axe finds on the page as it is, dark and light: one line a finding. */
  inaccessible(): Promise<string[]>;
  /** The same in the one theme that it has now. */
  inaccessibleAsItIs(): Promise<string[]>;
};

/** A page of its own context, with an ear on everything that goes wrong in it. */
export async function openPage(browser: Browser, baseURL: string): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL,
    locale: 'en-US',
    viewport: { width: 1366, height: 900 },
    colorScheme: 'dark',
    // Colours that fade are no colours to measure a contrast of.
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  await tellViolations(page);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`page: ${error.stack ?? error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`network: ${response.status()} ${response.url()}`);
  });

  async function inaccessibleAsItIs(): Promise<string[]> {
    await page.evaluate(axeSource);
    const { violations } = (await page.evaluate(
      "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
    )) as AxeResults;
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any, none, all }) => {
        const why = any[0]?.message ?? none[0]?.message ?? all[0]?.message ?? '';
        return `${new URL(page.url()).pathname}: ${id} at ${target.join(' ')} (${why})`;
      }),
    );
  }

  return {
    page,
    complaints,
    inaccessibleAsItIs,
    async inaccessible() {
      const found: string[] = [];
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.waitForFunction(
          (dark) => document.documentElement.classList.contains('dark') === dark,
          colorScheme === 'dark',
        );
        found.push(...(await inaccessibleAsItIs()).map((finding) => `${colorScheme} ${finding}`));
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      return found;
    },
  };
}

/** What the content security policy refuses shows up in the console, also where the browser itself says nothing there. */
export const tellViolations = (page: Page) =>
  page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      // biome-ignore lint/suspicious/noConsole: it runs in the page, and the test reads its console.
      console.error(`policy: ${event.effectiveDirective} refuses ${event.blockedURI} ${event.sample}`),
    ),
  );
