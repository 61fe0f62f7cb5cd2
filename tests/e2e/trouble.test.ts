import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { realPhotos } from '../pictures.ts';
import { type Studio, startStudio } from '../studio.ts';
import { until } from '../until.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

let studio: Studio;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  studio = await startStudio({
    client: true,
    env: { FAST_TEST_STEP_MS: '20', FAST_TEST_FAULT: 'out-of-memory@420' },
  });
  browser = await launchBrowser();
  watched = await openPage(browser, studio.url);
  page = watched.page;
});

afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

async function startTraining(): Promise<string> {
  const { createCharacter } = await studio.graphql(
    'mutation { createCharacter(input: { name: "Ash", triggerWord: "ash_a" }) { ... on CreateCharacterSuccess { character { id } } } }',
  );
  const characterId = createCharacter.character.id;
  const photos = (await realPhotos()).slice(0, 3);
  await studio.upload(
    'mutation($input: UploadImagesInput!) { uploadImages(input: $input) { __typename } }',
    { input: { characterId, files: photos.map(() => null) } },
    Object.fromEntries(photos.map((photo, index) => [`variables.input.files.${index}`, photo])),
  );
  const { startTraining: started } = await studio.graphql(
    'mutation($input: StartTrainingInput!) { startTraining(input: $input) { ... on StartTrainingSuccess { training { id } } } }',
    { input: { characterId, preset: 'QUICK' } },
  );
  return started.training.id;
}

const stepNow = async () => Number(await page.getByTestId('step').getAttribute('data-step'));

test('a lost connection is said, heals by itself, and loses no step and shows none twice', async () => {
  let isCut = false;
  const sockets = new Set<WebSocketRoute>();
  await page.routeWebSocket('**/graphql', (socket) => {
    if (isCut) return void socket.close();
    sockets.add(socket);
    socket.connectToServer();
  });
  await page.goto(`/trainings/${await startTraining()}`);
  await page.getByRole('button', { name: 'numbers' }).click();
  await until(async () => (await stepNow()) >= 40, 'the training is at step 40');

  isCut = true;
  await Promise.all([...sockets].map((socket) => socket.close()));
  await page.getByText('Reconnecting…').waitFor();
  const frozen = await stepNow();
  await page.getByText('No connection').waitFor();
  isCut = false;
  await page.getByText('Reconnecting…').waitFor({ state: 'detached' });
  await until(async () => (await stepNow()) > frozen, 'the steps go on without a reload');

  await page.getByRole('heading', { name: /ran out of memory/ }).waitFor({ timeout: 30_000 });
  const rows = page.getByRole('region', { name: 'Loss as numbers' }).locator('tbody tr td:first-child');
  const last = await stepNow();
  await until(async () => (await rows.count()) === last, 'every step stands in the table');
  expect(await rows.allInnerTexts()).toEqual(Array.from({ length: last }, (_, index) => String(index + 1)));
});

test('a training that failed says what happened, what to do, and goes on from its checkpoint', async () => {
  await page.getByText(/Train at 512 px/).waitFor();
  await page.getByText('Checkpoint saved at step 250.').first().waitFor();
  expect(await watched.inaccessible()).toEqual([]);
  await page.getByRole('button', { name: 'Resume from step 250' }).click();
  await page.getByRole('heading', { name: 'Training 2' }).waitFor();
  await until(async () => (await stepNow()) > 250, 'it goes on after the checkpoint');
});

test('a training is cancelled only after one was asked, and stays cancelled', async () => {
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText(/keeps its newest checkpoint/).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.getByText('Cancelled', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: /Resume from step/ }).waitFor();
  expect(await watched.inaccessible()).toEqual([]);
});
