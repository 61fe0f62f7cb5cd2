import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Data } from '../api.ts';
import { launchBrowser } from '../browser.ts';
import { realPhotos } from '../pictures.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '../steps.ts';
import { type Studio, startStudio } from '../studio.ts';
import { until } from '../until.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

const SMALL = { steps: 400, rank: 4, samplePrompts: [] };
const PICTURE = { prompt: 'a lake', width: 256, height: 256, steps: 1 };

let studio: Studio;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  studio = await startStudio({ client: true, worker: false });
  browser = await launchBrowser();
  watched = await openPage(browser, studio.url);
  page = watched.page;
  const character = await createCharacter(studio, 'Mara');
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 2));
  const worker = await studio.startWorker({ FAST_TEST_STEP_MS: '1', FAST_TEST_FAULT: 'out-of-memory@5' });
  for (const _ of [1, 2]) await eventsOf(studio, (await startTraining(studio, character.id, SMALL)).id);
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  await studio.startWorker({ FAST_TEST_STEP_MS: '50' });
});

afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const region = (name: string) => page.getByRole('region', { name, exact: true });
const trainings = () => region('Trainings that wait');
const shown = async () =>
  (await trainings().getByRole('link').allInnerTexts()).map((title) => Number(title.split(' ').at(-1)));
const shows = (numbers: number[]) =>
  until(async () => String(await shown()) === String(numbers), `the page shows ${numbers}`);
const inLine = async (): Promise<number[]> =>
  (
    await studio.graphql(
      '{ jobs(states: [QUEUED], queue: "training.fast-test") { edges { node { title } } } }',
    )
  ).jobs.edges.map(({ node }: Data) => Number(node.title.split(' ').at(-1)));
const focusedLabel = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

test('a paused queue says what that means, here and at the foot of every page', async () => {
  await page.goto('/queue');
  const card = region('Lines').getByRole('listitem').filter({ hasText: 'Trainings' });
  await card.getByText('Open').waitFor();
  await card.getByRole('button', { name: 'Pause trainings' }).focus();
  await page.keyboard.press('Enter');
  await card.getByText('What runs goes on; nothing new starts.').waitFor();
  await page.getByRole('link', { name: '1 worker, trainings paused' }).waitFor();
  const { queues } = await studio.graphql('{ queues { name isPaused } }');
  expect(queues).toContainEqual({ name: 'training.fast-test', isPaused: true });
});

test('what failed says why, and is tried again, one or all, without a reload', async () => {
  const failed = region('Failed');
  await failed
    .getByText(/ran out of memory/)
    .first()
    .waitFor();
  await failed.getByRole('button', { name: 'Try again Mara · training 1' }).click();
  await shows([3]);
  await failed.getByRole('link', { name: 'Mara · training 1' }).waitFor({ state: 'detached' });
  await failed.getByRole('button', { name: 'Try all again' }).click();
  await page.getByText('1 job in line again').waitFor();
  await shows([3, 4]);
  await failed.waitFor({ state: 'detached' });
  for (const number of [3, 4])
    await studio.graphql('mutation ($id: ID!) { retryJob(input: { jobId: $id }) { __typename } }', {
      id: (await studio.graphql('{ jobs(states: [FAILED]) { edges { node { id } } } }')).jobs.edges[
        number - 3
      ].node.id,
    });
  await shows([3, 4, 5, 6]);
  await trainings().getByText('Queue paused').first().waitFor();
  expect(await watched.inaccessible()).toEqual([]);
});

test('the line is put into another order by keyboard; the focus stays and the place is told', async () => {
  const front = trainings().getByRole('button', { name: 'Move Mara · training 6 to the front' });
  await front.focus();
  await page.keyboard.press('Enter');
  await shows([6, 3, 4, 5]);
  await page.getByText('Mara · training 6 is now at place 1').waitFor();
  expect(await focusedLabel()).toBe('Move Mara · training 6 to the front');
  expect(await front.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await focusedLabel()).toBe('Move Mara · training 6 down');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByText('Mara · training 6 is now at place 3').waitFor();
  expect(await focusedLabel()).toBe('Move Mara · training 6 down');
  await shows([3, 4, 6, 5]);
  expect(await inLine()).toEqual([3, 4, 6, 5]);
});

test('and by dragging, which Escape takes back', async () => {
  const grab = async (place: number) => {
    const box = await trainings().getByTitle('Drag to another place').nth(place).boundingBox();
    await page.mouse.move((box?.x ?? 0) + 8, (box?.y ?? 0) + 8);
    await page.mouse.down();
    return { x: (box?.x ?? 0) + 8, y: (box?.y ?? 0) + 8, height: box?.height ?? 0 };
  };
  const last = await grab(3);
  await page.mouse.move(last.x, last.y - 5 * last.height, { steps: 5 });
  await page.mouse.up();
  await shows([5, 3, 4, 6]);
  await until(async () => String(await inLine()) === '5,3,4,6', 'the server has this order');
  const first = await grab(0);
  await page.mouse.move(first.x, first.y + 3 * first.height, { steps: 5 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect(await shown()).toEqual([5, 3, 4, 6]);
  expect(await inLine()).toEqual([5, 3, 4, 6]);
});

test('what runs stands in the lane of its worker, and what waits says when its turn comes', async () => {
  await page.getByRole('button', { name: 'Resume trainings' }).click();
  const running = region('Running');
  await running.getByRole('link', { name: 'Mara · training 5' }).waitFor();
  await running.getByText(/\d+ \/ 400/).waitFor();
  await shows([3, 4, 6]);
  await trainings()
    .getByText(/^Starts (in|at|within) /)
    .first()
    .waitFor({ timeout: 20_000 });
  expect(await watched.inaccessible()).toEqual([]);
});

test('all that wait are cancelled, and then everything, after one was told what is lost', async () => {
  await page.getByRole('button', { name: 'Cancel all trainings that wait' }).click();
  await page.getByText(/taken out of the line; what runs goes on/).waitFor();
  await page.keyboard.press('Escape');
  await shows([3, 4, 6]);
  await page.getByRole('button', { name: 'Cancel all trainings that wait' }).click();
  await page.getByRole('button', { name: 'Cancel them' }).click();
  await page.getByText('3 waiting jobs cancelled').waitFor();
  await trainings().waitFor({ state: 'detached' });
  await region('Running').getByRole('link', { name: 'Mara · training 5' }).waitFor();
  await page.getByRole('button', { name: 'Cancel everything' }).click();
  await page.getByText(/1 running job saves what it has and stops/).waitFor();
  await page.getByRole('button', { name: 'Cancel them' }).click();
  await region('Done').getByRole('link', { name: 'Mara · training 5' }).waitFor();
});

test('what is done is narrowed by outcome, kind and character, and the address says it', async () => {
  const done = region('Done');
  await done.getByLabel('Outcome').selectOption('Failed, tried again');
  await done.getByRole('link', { name: 'Mara · training 1' }).waitFor();
  expect(await done.getByRole('listitem').count()).toBe(2);
  await page.reload();
  await done.getByRole('link', { name: 'Mara · training 2' }).waitFor();
  await done.getByLabel('Kind').selectOption('Generations');
  await done.getByText('Nothing of this kind.').waitFor();
  await done.getByLabel('Character').selectOption('Mara');
  await done.getByLabel('Kind').selectOption('All kinds');
  await done.getByRole('link', { name: 'Mara · training 1' }).waitFor();
});

test('of a long line one page is there at a time, and a job is moved over its edge', async () => {
  await studio.graphql('mutation { pauseQueue(input: { queue: "generation.fast-test" }) { __typename } }');
  for (let count = 0; count < 12; count++)
    await Promise.all(Array.from({ length: 5 }, () => startGeneration(studio, PICTURE)));
  await page.goto('/queue');
  const line = region('Generations that wait');
  await line.getByText('1–50 of 60').waitFor();
  expect(await line.getByRole('listitem').count()).toBe(50);
  await line.getByRole('button', { name: 'Next page' }).click();
  await line.getByText('51–60 of 60').waitFor();
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
    'Generations that wait',
  );
  const [first, second] = await Promise.all(
    [0, 1].map((place) => line.getByRole('link').nth(place).getAttribute('href')),
  );
  await line
    .getByRole('button', { name: /^Move .* up$/ })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  await page.getByText(/is now at place 50$/).waitFor();
  await line.getByText('1–50 of 60').waitFor();
  const links = line.getByRole('link');
  await until(async () => (await links.last().getAttribute('href')) === first, 'the page follows it');
  expect(await focusedLabel()).toMatch(/^Move .* up$/);
  await line.getByRole('button', { name: 'Next page' }).click();
  await line.getByText('51–60 of 60').waitFor();
  await until(
    async () => (await links.nth(1).getAttribute('href')) === second,
    'nothing fell between the pages',
  );
  expect(await watched.inaccessible()).toEqual([]);
});

test('it fits a phone, and nothing was complained of', async () => {
  await page.setViewportSize({ width: 360, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  expect(await watched.inaccessible()).toEqual([]);
  expect(watched.complaints).toEqual([]);
});
