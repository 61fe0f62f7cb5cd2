import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { realPhotos } from '../pictures.ts';
import { type Studio, startStudio } from '../studio.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

const PASSWORD = 'four words in a row';

let studio: Studio;
let browser: Browser;
let owner: WatchedPage;
let viewer: WatchedPage;
let apiKey: string;
let characterId: string;
const inaccessible: string[] = [];

beforeAll(async () => {
  studio = await startStudio({ client: true, env: { ISENGARD_AUTH: 'on', FAST_TEST_STEP_MS: '5' } });
  browser = await launchBrowser();
  owner = await openPage(browser, studio.url);
  viewer = await openPage(browser, studio.url);
});

afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const lookAround = async (watched: WatchedPage) => inaccessible.push(...(await watched.inaccessible()));

const withKey = (document: string, variables: object = {}) =>
  studio.request(document, variables, { Authorization: `Bearer ${apiKey}` });

async function signIn(page: Page, name: string, password: string) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

async function addPhotos(page: Page, count: number) {
  const photos = (await realPhotos()).slice(0, count);
  await page.goto(`/characters/${characterId}`);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose photos' }).click(),
  ]);
  await chooser.setFiles(photos.map(({ name, bytes }) => ({ name, mimeType: 'image/jpeg', buffer: bytes })));
  await page.getByRole('region', { name: 'Uploads' }).getByText(`${count} photos added`).waitFor();
  await page.goto('/settings/people');
}

const isIn = (page: Page, name: string) => page.getByRole('button', { name: `Sign out ${name}` }).waitFor();

describe('the owner', () => {
  test('finds a studio that lets nobody in yet, and says how', async () => {
    const { page } = owner;
    await page.goto('/queue');
    await page.getByRole('heading', { name: 'This studio has no owner yet' }).waitFor();
    await lookAround(owner);
  });

  test('becomes it by the link that the server printed, which leaves the address at once', async () => {
    const { page } = owner;
    const link = studio.setUpUrls[0] ?? '';
    const secret = new URL(link).hash.slice(1);
    await page.goto(link);
    await page.getByRole('heading', { name: 'Become the owner' }).waitFor();
    expect(page.url()).not.toContain(secret);
    await lookAround(owner);
    await signIn(page, 'Ida', 'short');
    await page.getByText('Must have at least 10 characters.').waitFor();
    await expect
      .poll(() => page.getByLabel('Password', { exact: true }).evaluate((field) => field.matches(':focus')))
      .toBe(true);
    await lookAround(owner);
    await signIn(page, 'Ida', PASSWORD);
    await isIn(page, 'Ida');
    expect(new URL(page.url()).pathname).toBe('/');
    expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(secret);
  });

  test('makes an API key, and sees it once', async () => {
    const { page } = owner;
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText('This browser', { exact: true }).waitFor();
    await lookAround(owner);
    await page.getByRole('tab', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Nightly');
    for (const scope of ['Change characters', 'Run jobs']) await page.getByLabel(scope).check();
    await lookAround(owner);
    await page.keyboard.press('Enter');
    apiKey = await page.getByLabel('API key', { exact: true }).inputValue();
    await lookAround(owner);
    // What cannot be shown again does not go by a slip of the hand.
    await page.keyboard.press('Escape');
    await page.mouse.click(2, 2);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText(`${apiKey.slice(0, 15)}…`).waitFor();
    await page.getByText('never used').waitFor();
    await lookAround(owner);
    await page.reload();
    await page.getByRole('button', { name: 'Revoke Nightly' }).waitFor();
    expect(await page.content()).not.toContain(apiKey);

    const { answer } = await withKey(
      'mutation { createCharacter(input: { name: "Mara", triggerWord: "mara_v" }) { ... on CreateCharacterSuccess { character { id } } } }',
    );
    characterId = answer.data.createCharacter.character.id;
  });

  test('invites a viewer by a link that is shown once', async () => {
    const { page } = owner;
    await page.goto('/settings/people');
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByRole('radio', { name: 'Viewer' }).check();
    await lookAround(owner);
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.getByLabel('Invitation link').inputValue();
    await lookAround(owner);
    await page.getByRole('button', { name: 'Done' }).click();

    await viewer.page.goto(link);
    await viewer.page.getByText('Sees everything and changes nothing.').waitFor();
    expect(new URL(viewer.page.url()).hash).toBe('');
    await lookAround(viewer);
    await signIn(viewer.page, 'ida', PASSWORD);
    await viewer.page.getByText('Somebody has this name already.').waitFor();
    await signIn(viewer.page, 'Jo', PASSWORD);
    await isIn(viewer.page, 'Jo');
  });

  test('is not made twice: a link that was used is told to be', async () => {
    const other = await openPage(browser, studio.url);
    await other.page.goto(studio.setUpUrls[0] ?? '');
    await other.page.getByRole('heading', { name: 'This link is not good' }).waitFor();
    await lookAround(other);
    await other.page.context().close();
  });
});

describe('a viewer', () => {
  test('sees everything and no button that changes anything', async () => {
    await addPhotos(owner.page, 2);
    const { page } = viewer;
    await page.goto('/');
    await page.getByRole('link', { name: /Mara/ }).waitFor();
    const paths = [
      '/',
      `/characters/${characterId}`,
      '/generate',
      '/outputs',
      '/queue',
      '/workers',
      '/loras',
      '/settings/keys',
    ];
    for (const path of paths) {
      await page.goto(path);
      await isIn(page, 'Jo');
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
      await lookAround(viewer);
      if (path.startsWith('/settings')) continue;
      const names = await page.locator('main').getByRole('button').allInnerTexts();
      // The sizes of a grid, its pictures, and what it is filtered by.
      expect(
        names.filter((name) => !['S', 'M', 'L', '', 'Favourites'].includes(name)),
        path,
      ).toEqual([]);
    }
    await page.goto(`/characters/${characterId}`);
    await page.locator('main ul button').first().click();
    await page.getByText('Editors and owners can change it.').waitFor();
    expect(await page.getByRole('button', { name: 'Delete photo' }).count()).toBe(0);
    await lookAround(viewer);
    await page.goto(`/characters/${characterId}/train`);
    await page.getByText('As a viewer you are not allowed to start and stop jobs.').waitFor();
    await page.goto('/settings/audit');
    await page.getByRole('heading', { name: 'This is not for you to see' }).waitFor();
    await lookAround(viewer);
  });

  test('may do more from the moment on that the owner says so, and less again', async () => {
    const { page } = viewer;
    await page.goto('/');
    await page.getByRole('link', { name: /Mara/ }).waitFor();
    // By its element: behind the dialog it has no role.
    const create = page.locator('header button', { hasText: 'New character' });
    expect(await create.count()).toBe(0);
    await owner.page.getByLabel('Role of Jo').selectOption('EDITOR');
    await create.click();
    await page.getByLabel('Name', { exact: true }).fill('Ash');
    await owner.page.getByLabel('Role of Jo').selectOption('VIEWER');
    await create.waitFor({ state: 'detached' });
    // What was begun before is still there, and says why it cannot be finished.
    await page.getByRole('button', { name: 'Create character' }).click();
    await page.getByText('As a viewer you are not allowed to change characters and photos.').waitFor();
    expect(viewer.complaints.splice(0)).toEqual([
      `network: 403 ${studio.url}/graphql`,
      expect.stringContaining('403 (Forbidden)'),
    ]);
  });
});

describe('a session', () => {
  test('that ends under an open page loses nothing that was typed', async () => {
    const { page } = owner;
    await page.goto('/');
    await page.getByRole('button', { name: 'New character' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('Ash');

    const elsewhere = await openPage(browser, studio.url);
    await elsewhere.page.goto('/settings');
    await signIn(elsewhere.page, 'Ida', PASSWORD);
    await isIn(elsewhere.page, 'Ida');
    expect(new URL(elsewhere.page.url()).pathname, 'one comes back to where one was').toBe('/settings');
    await elsewhere.page.getByRole('button', { name: /^End/ }).click();

    await page.getByRole('heading', { name: 'You were signed out' }).waitFor();
    await lookAround(owner);
    for (let press = 0; press < 8; press++) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(() => document.activeElement?.closest('[role=dialog]')?.textContent);
      expect(inside, 'the keyboard reaches nothing behind').toContain('You were signed out');
    }
    await page.keyboard.press('Escape');
    const cover = page.getByRole('dialog', { name: 'You were signed out' });
    expect(await cover.getByLabel('Name', { exact: true }).inputValue()).toBe('Ida');
    await cover.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await cover.waitFor({ state: 'detached' });
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Ash');
    await page.getByRole('button', { name: 'Create character' }).click();
    await page.waitForURL(/\/characters\/./);
    await elsewhere.page.context().close();
  });

  test('of another person is a page of its own: nothing of the one before is left in it', async () => {
    const { page } = owner;
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    await page.getByRole('button', { name: 'Sign out Ida' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await lookAround(owner);
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, 'Jo', PASSWORD);
    await isIn(page, 'Jo');
    expect(await page.evaluate(() => 'isSamePage' in window)).toBe(false);
    await page.goto('/settings');
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('is not begun with a wrong password, nor at another site', async () => {
    const { page } = owner;
    await page.goto('/sign-in?next=//elsewhere.test/');
    await signIn(page, 'Ida', 'not the password');
    await page.getByRole('alert').getByText('There is no such name and password.').waitFor();
    await lookAround(owner);
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await isIn(page, 'Ida');
    expect(page.url()).toBe(`${studio.url}/`);
  });

  test('waits after too many attempts, and says for how long', async () => {
    const { page } = await openPage(browser, studio.url);
    await page.goto('/sign-in');
    for (let attempt = 0; attempt < 10; attempt++) {
      await signIn(page, 'Nobody', `guess ${attempt}`);
      await page.getByRole('button', { name: 'Sign in', disabled: false }).waitFor();
      await page.getByText('There is no such name and password.').waitFor();
    }
    await signIn(page, 'Nobody', 'guess 10');
    await page.getByText(/There were too many attempts. Try again in 1\d min/).waitFor();
    await page.getByRole('button', { name: /^Wait 1\d min/, disabled: true }).waitFor();
    await page.context().close();
  });
});

describe('what an owner ends', () => {
  test('an API key is refused once it is revoked', async () => {
    const { page } = owner;
    await page.goto('/settings/keys');
    await page.getByRole('button', { name: 'Revoke Nightly' }).click();
    await page.getByText(/Every program that uses/).waitFor();
    await lookAround(owner);
    await page.getByRole('button', { name: 'Revoke the key' }).click();
    await page.getByRole('heading', { name: 'No API key yet' }).waitFor();
    const { response } = await withKey('{ info { name } }');
    expect(response.status).toBe(401);
  });

  test('a forgotten password is replaced by a link', async () => {
    const { page } = owner;
    await page.goto('/settings/people');
    await page.getByRole('button', { name: 'New password for Jo' }).click();
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.getByLabel('Link for a new password').inputValue();
    await page.getByRole('button', { name: 'Done' }).click();
    await viewer.page.goto(link);
    await viewer.page.getByRole('heading', { name: 'A new password for Jo' }).waitFor();
    await lookAround(viewer);
    await viewer.page.getByLabel('New password', { exact: true }).fill('another four words');
    await viewer.page.keyboard.press('Enter');
    await isIn(viewer.page, 'Jo');
  });

  test('a person who is removed is out at once', async () => {
    const { page } = owner;
    await page.getByRole('button', { name: 'Remove Jo' }).click();
    await page.getByText(/This ends the account and 1 session at once/).waitFor();
    await lookAround(owner);
    await page.getByRole('button', { name: 'Remove the account' }).click();
    await viewer.page.getByRole('heading', { name: 'You were signed out' }).waitFor();
    await page.getByRole('button', { name: 'Remove Jo' }).waitFor({ state: 'detached' });
    await page.getByLabel('Role of Ida').selectOption('VIEWER');
    await page.getByRole('button', { name: 'Give it up' }).click();
    await page.getByText('There must be an owner. Make somebody else one first.').waitFor();
    expect(await page.getByLabel('Role of Ida').inputValue()).toBe('OWNER');
  });

  test('and all of it stands in the audit log', async () => {
    const { page } = owner;
    await page.getByRole('tab', { name: 'Audit' }).click();
    const log = page.getByRole('list', { name: 'Changes, the newest first' });
    for (const words of ['Remove user', 'Revoke API key', 'Create character'])
      await log.getByText(words).first().waitFor();
    await lookAround(owner);
  });
});

test('everything on the way is accessible, in the dark and in the light', () => {
  expect(inaccessible).toEqual([]);
});

test('nothing complained on the way', () => {
  expect([...owner.complaints, ...viewer.complaints]).toEqual([]);
});
