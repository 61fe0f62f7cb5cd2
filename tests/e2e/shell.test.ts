import type { Browser, Locator, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { createCharacter } from '../steps.ts';
import { type Studio, startStudio } from '../studio.ts';
import { until } from '../until.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

let studio: Studio;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let mara: { id: string };
const inaccessible: string[] = [];

beforeAll(async () => {
  studio = await startStudio({ client: true });
  // The first one is too old to be among the newest ten.
  await createCharacter(studio, 'Ash', 'ash_a');
  for (let number = 1; number <= 12; number++)
    await createCharacter(studio, `Extra ${number}`, `extra ${number}`);
  mara = await createCharacter(studio, 'Mara', 'mara_v');
  browser = await launchBrowser();
  watched = await openPage(browser, studio.url);
  page = watched.page;
  await page.goto('/');
  await page.getByRole('link', { name: /Mara/ }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const lookAround = async () => inaccessible.push(...(await watched.inaccessible()));
const press = (...keys: string[]) =>
  keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
const palette = () => page.getByRole('dialog', { name: 'Search and commands' });
const field = () => page.getByRole('combobox', { name: 'Search, or say what to do' });
const chosen = () => page.locator('[role="option"][aria-selected="true"]');
const search = () => page.getByRole('button', { name: /^Search/ });
const hasFocus = (locator: Locator) =>
  expect.poll(() => locator.evaluate((element) => element === document.activeElement)).toBe(true);

/** Whoever types before it has the focus types into the page. */
async function openPalette() {
  await press('Control+k');
  await hasFocus(field());
}

test('the palette goes to a character by a few letters of its name', async () => {
  await openPalette();
  await page.getByRole('option', { name: /^Mara/ }).waitFor();
  await lookAround();
  await page.keyboard.type('tr mar');
  await expect.poll(() => chosen().textContent()).toContain('Train Mara');
  const active = await field().getAttribute('aria-activedescendant');
  expect(await chosen().getAttribute('id')).toBe(active);
  await lookAround();
  await press('Enter');
  await page.waitForURL(`**/characters/${mara.id}/train`);
  await palette().waitFor({ state: 'detached' });
  await hasFocus(page.locator('main'));
});

test('it walks by arrow keys, says when it finds nothing, and Escape gives the focus back', async () => {
  await search().focus();
  await press('Enter');
  await field().waitFor();
  await page.keyboard.type('queue');
  await expect.poll(() => chosen().textContent()).toContain('Queue');
  const first = await chosen().textContent();
  await press('ArrowDown', 'ArrowUp');
  await expect.poll(() => chosen().textContent()).toBe(first);
  await field().fill('zzzz');
  await page.getByText('Nothing is called “zzzz”, and nothing does that.').waitFor();
  await lookAround();
  await press('Escape');
  await palette().waitFor({ state: 'detached' });
  await hasFocus(search());
});

test('it finds on the server what is not among the newest', async () => {
  await openPalette();
  await page.keyboard.type('add photos ash');
  await expect.poll(() => chosen().textContent()).toContain('Add photos of Ash');
  await press('Enter');
  await page.getByRole('heading', { name: 'Ash', exact: true }).waitFor();
});

test('it starts things: a new character, from wherever one is', async () => {
  await openPalette();
  await page.keyboard.type('new char');
  await expect.poll(() => chosen().textContent()).toContain('New character');
  await press('Enter');
  await page.getByRole('dialog', { name: 'New character' }).waitFor();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('');
});

test('two letters go to a page, but not while one types, and `?` tells which', async () => {
  await press('g', 'q');
  await page.waitForURL('**/queue');
  await press('g', 'c');
  await page.getByLabel('Search', { exact: true }).fill('ma');
  await press('g', 'l');
  expect(await page.getByLabel('Search', { exact: true }).inputValue()).toBe('magl');
  await page.locator('main').focus();
  await press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await dialog.getByText('Go to Gallery').waitFor();
  await dialog.getByText('New character').waitFor();
  await lookAround();
  await press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('letters can be switched off, and stay so', async () => {
  await press('g', 's');
  await page.waitForURL('**/settings');
  await page.getByRole('tab', { name: 'Appearance' }).click();
  const letters = page.getByRole('switch', { name: 'Shortcuts of one or two letters' });
  await letters.focus();
  await press('Space');
  await lookAround();
  await page.reload();
  await expect.poll(() => letters.isChecked()).toBe(false);
  await page.locator('main').focus();
  await press('g', 'q', '?');
  await openPalette();
  await palette().waitFor();
  expect(new URL(page.url()).pathname).toBe('/settings');
  await press('Escape');
  await letters.check();
});

test('density and theme are chosen, and are there again after a reload', async () => {
  await page.getByRole('radio', { name: 'Comfortable' }).focus();
  await press('ArrowRight');
  await page.getByRole('radio', { name: 'As the system' }).focus();
  await press('ArrowLeft');
  await page.reload();
  await page.getByRole('radio', { name: 'Compact' }).waitFor();
  const root = page.locator('html');
  expect(await root.getAttribute('data-density')).toBe('compact');
  expect(await root.getAttribute('class')).not.toContain('dark');
  await page.getByRole('radio', { name: 'Light' }).focus();
  await press('ArrowRight');
  await lookAround();
  await page.getByRole('radio', { name: 'Compact' }).focus();
  await press('ArrowLeft');
});

test('the storage page says what lies there, and checks it', async () => {
  await page.goto('/settings/storage');
  await page.getByText(studio.volume).waitFor();
  await page.getByRole('row', { name: /Photos/ }).waitFor();
  await page.getByText('There has been no check yet.').waitFor();
  await lookAround();
  await page.getByRole('button', { name: 'Check now' }).focus();
  await press('Enter');
  await page.getByText('Everything agrees').waitFor({ timeout: 60_000 });
  await hasFocus(page.getByRole('button', { name: 'Check now' }));
  await lookAround();
});

test('about says what runs, and what it is made of', async () => {
  await page.getByRole('tab', { name: 'About' }).click();
  await page.getByText(/Accounts are switched off/).waitFor();
  await page.getByText('Fast test: learns').waitFor();
  await page.getByRole('button', { name: 'Show what it is made of' }).click();
  await page.getByText('solid-js').waitFor();
  await page.getByText('graphql-yoga').first().waitFor();
  await page.getByText('solid-js').click();
  await page
    .locator('details[open]')
    .getByText(/Permission is hereby granted/)
    .waitFor();
  await lookAround();
});

test('video is disabled, and says why', async () => {
  const video = page.getByRole('link', { name: /Video/ });
  expect(await video.getAttribute('aria-disabled')).toBe('true');
  const reason = await video.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${reason}"]`).textContent()).not.toBe('');
  await video.hover();
  await page.locator('[data-shown="true"]').waitFor();
  await press('Escape');
  await page.locator('[data-shown="true"]').waitFor({ state: 'detached' });
});

test('on a phone the menu has what the bar has no room for, and nothing is wider than the screen', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog', { name: 'Menu' }).getByRole('link', { name: 'Settings' }).waitFor();
  await page
    .getByText(/worker/)
    .last()
    .waitFor();
  await lookAround();
  await press('Escape');
  await hasFocus(page.getByRole('button', { name: 'Menu' }));
  for (const path of [
    '/',
    `/characters/${mara.id}`,
    '/loras',
    '/settings/storage',
    '/settings/about',
    '/settings/appearance',
    '/video',
    '/nowhere',
  ]) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(360);
  }
  await page.setViewportSize({ width: 1366, height: 900 });
});

test('while the connection is lost, what is done once waits for it, and the rest is refused before it is sent', async () => {
  let isCut = false;
  let isOnline = false;
  const sockets = new Set<WebSocketRoute>();
  await page.routeWebSocket('**/graphql', (socket) => {
    if (isCut) return void socket.close();
    sockets.add(socket);
    isOnline = false;
    const server = socket.connectToServer();
    server.onMessage((message) => {
      socket.send(message);
      isOnline ||= String(message).includes('connection_ack');
    });
  });
  const cut = async () => {
    await until(async () => isOnline, 'the page is connected');
    isCut = true;
    await Promise.all([...sockets].map((socket) => socket.close()));
    await page.getByText('Reconnecting…').waitFor();
  };
  await page.goto(`/characters/${mara.id}`);
  await page.getByRole('button', { name: 'Delete Mara' }).click();
  const really = page.getByRole('dialog').getByRole('button', { name: /^Delete/ });
  await really.waitFor();
  await cut();
  await really.click();
  await page.getByText('There is no connection').waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByText('There is no connection').waitFor({ state: 'detached' });
  isCut = false;
  await page.getByText('Reconnecting…').waitFor({ state: 'detached' });
  await press('Escape');
  await page.reload();
  await page.getByRole('heading', { name: 'Mara', exact: true }).waitFor();

  await page.goto('/?new=1');
  await page.getByLabel('Name').fill('Iris');
  await cut();
  await press('Enter');
  const create = page.getByRole('dialog').getByRole('button', { name: 'Create' });
  await expect.poll(() => create.getAttribute('aria-busy')).toBe('true');
  isCut = false;
  // It may wait 10 s for the connection, before it is sent.
  await page.getByRole('heading', { name: 'Iris', exact: true }).waitFor({ timeout: 20_000 });
});

test('where no socket ever comes, the page says so, and what one does is done', async () => {
  const other = await openPage(browser, studio.url);
  await other.page.routeWebSocket('**/graphql', (socket) => void socket.close());
  await other.page.goto('/?new=1');
  await other.page.getByText('Connecting… until then nothing here changes by itself').waitFor();
  await other.page.getByLabel('Name').fill('Ulla');
  await other.page.keyboard.press('Enter');
  await other.page.getByRole('heading', { name: 'Ulla', exact: true }).waitFor();
  await other.page.close();
});

test('nothing was wrong in the console, and axe finds nothing', () => {
  expect(inaccessible).toEqual([]);
  expect(watched.complaints).toEqual([]);
});
