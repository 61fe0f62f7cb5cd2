import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { realPhotos } from '../pictures.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '../steps.ts';
import { type Studio, startStudio } from '../studio.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

/** Each would set `window.ran`, or turn around what stands after it, if it were more than text. */
const NAME = '<img src=x onerror="ran=1">\u202Eevil\u2067';
const PROMPT = '"><script>ran=1</script><svg onload=ran=1> \u202Ethgir ot tfel';
const SAMPLE_PROMPT = '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>';
const CAPTION = '[a link](javascript:ran=1) <a href="javascript:ran=1">a link</a>';
const LORA = "javascript:ran=1//'-ran=1-'</title><script>ran=1</script>";
const FILE = '<img src=x onerror=ran=1>.jpg';

let studio: Studio;
let browser: Browser;
let watched: WatchedPage;
let paths: Record<'character' | 'training' | 'output', string>;

beforeAll(async () => {
  studio = await startStudio({ client: true, env: { FAST_TEST_STEP_MS: '0' } });
  paths = await makeThings();
  browser = await launchBrowser();
  watched = await openPage(browser, studio.url);
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

async function makeThings() {
  const character = await createCharacter(studio, NAME, 'mara');
  const photos = (await realPhotos()).slice(0, 3);
  const [first] = await uploadImages(
    studio,
    character.id,
    photos.map((photo, index) => (index === 0 ? { ...photo, name: FILE } : photo)),
  );
  await studio.graphql(
    'mutation ($input: CaptionImageInput!) { captionImage(input: $input) { ... on CaptionImageSuccess { image { id } } } }',
    { input: { imageId: first.image.id, caption: CAPTION } },
  );
  const training = await startTraining(studio, character.id, { steps: 60, samplePrompts: [SAMPLE_PROMPT] });
  await eventsOf(studio, training.id);
  const { character: trained } = await studio.graphql(
    'query ($id: ID!) { character(id: $id) { newestLora { id } } }',
    { id: character.id },
  );
  const loraId = trained.newestLora.id;
  await studio.graphql('mutation ($input: RenameLoraInput!) { renameLora(input: $input) { __typename } }', {
    input: { loraId, name: LORA },
  });
  const generation = await startGeneration(studio, { prompt: PROMPT, loras: [{ loraId, strength: 1 }] });
  await eventsOf(studio, generation.id);
  const { outputs } = await studio.graphql('{ outputs(first: 1) { edges { node { id } } } }');
  return {
    character: `/characters/${character.id}`,
    training: `/trainings/${training.id}`,
    output: `/outputs/${outputs.edges[0].node.id}`,
  };
}

/** Goes there and waits until the text stands on the page as it was written, in an element, a field or a name. */
async function sees(path: string, ...texts: string[]) {
  const { page } = watched;
  await page.goto(path);
  for (const text of texts)
    await page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll('body, [alt], [title], [aria-label], textarea, input')].some(
          (element) =>
            [
              element.textContent,
              ...['alt', 'title', 'aria-label'].map((name) => element.getAttribute(name)),
              (element as HTMLInputElement).value,
            ].some((said) => said?.includes(wanted)),
        ),
      text,
    );
  // Nothing that the texts ask for is there, or an address of its own.
  const strange = 'script:not([src]), iframe, [onerror], [onload], [href^="javascript:" i], img[src="x"]';
  expect(await page.locator(strange).count(), path).toBe(0);
}

test('hostile names, captions and prompts are text on every page', async () => {
  await sees('/', NAME);
  await sees(paths.character, NAME, CAPTION);
  await watched.page.getByRole('button', { name: CAPTION }).first().click();
  await watched.page.getByRole('heading', { name: FILE }).waitFor();
  await watched.page.getByRole('button', { name: `Delete ${NAME}` }).click();
  await watched.page.getByRole('dialog').getByText(NAME).first().waitFor();
  await sees(`${paths.character}/train`, NAME);
  await sees(paths.training, NAME, SAMPLE_PROMPT);
  await watched.page
    .getByRole('button', { name: /^Step 60/ })
    .first()
    .click();
  await watched.page.getByRole('dialog', { name: /^Step 60/ }).waitFor();
  await watched.page.keyboard.press('Escape');
  await watched.page.locator('summary', { hasText: 'Log' }).click();
  await watched.page.getByText('Configuration').click();
  await sees('/generate', PROMPT);
  await sees('/outputs', PROMPT);
  await sees(paths.output, PROMPT, LORA);
  await sees('/queue', NAME);
  await sees('/loras', LORA, NAME);
  await sees('/video');
  await sees(
    `/nowhere/${encodeURIComponent(PROMPT)}?q=${encodeURIComponent(NAME)}#${encodeURIComponent(LORA)}`,
  );
  expect(await watched.page.evaluate(() => 'ran' in window)).toBe(false);
});

test('the pages keep to their content security policy, and nothing complains', () => {
  expect(watched.complaints).toEqual([]);
});

test('what somebody got onto a page would still not run, load or send anything', async () => {
  const { page, complaints } = await openPage(browser, studio.url);
  await page.goto('/');
  await page.getByText(NAME).first().waitFor();
  const outcomes = await page.evaluate(async () => {
    const outcome = (attempt: () => unknown) => {
      try {
        attempt();
        return 'done';
      } catch (error) {
        return (error as Error).name;
      }
    };
    const add = (name: string, attributes: Record<string, string>, text = '') => {
      const element = document.createElement(name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      element.append(text);
      document.body.append(element);
    };
    const markup = (text: string) => () => {
      document.createElement('div').innerHTML = text;
    };
    return {
      handler: outcome(markup('<img src=x onerror=ran=1>')),
      script: outcome(markup('<script>ran=1</script>')),
      address: outcome(markup('<a href=javascript:ran=1>a</a>')),
      frame: outcome(markup('<iframe srcdoc=a>')),
      harmless: outcome(markup('<p title="as Solid makes it">')),
      // Later, because what a test evaluates may evaluate itself.
      eval: await new Promise((resolve) =>
        // biome-ignore lint/security/noGlobalEval: that this is refused is what is tested.
        setTimeout(() => resolve(outcome(() => eval('window.ran = 1')))),
      ),
      inlineScript: outcome(() => add('script', {}, 'ran=1')),
      foreignScript: outcome(() => add('script', { src: 'https://elsewhere.example/a.js' })),
      dataScript: outcome(() => add('script', { src: 'data:text/javascript,ran=1' })),
      policy: outcome(() =>
        (
          window as unknown as Record<string, { createPolicy(name: string, rules: object): unknown }>
        ).trustedTypes?.createPolicy('more', {}),
      ),
      style: outcome(() => add('p', { style: 'color: red' })),
      sheet: outcome(() => add('style', {}, 'p { color: red }')),
      image: outcome(() => add('img', { src: 'https://elsewhere.example/pixel.png' })),
      frameElement: outcome(() => add('iframe', { src: '/' })),
      base: outcome(() => add('base', { href: 'https://elsewhere.example/' })),
      sent: await fetch('https://elsewhere.example/').then(
        () => 'done',
        (error: Error) => error.name,
      ),
      socket: await new Promise((resolve) => {
        const socket = new WebSocket('wss://elsewhere.example/');
        socket.onerror = () => resolve('refused');
        socket.onopen = () => resolve('done');
      }),
    };
  });
  expect(outcomes).toMatchObject({
    handler: 'TypeError',
    script: 'TypeError',
    address: 'TypeError',
    frame: 'TypeError',
    harmless: 'done',
    eval: 'EvalError',
    foreignScript: 'TypeError',
    dataScript: 'TypeError',
    policy: 'TypeError',
    sent: 'TypeError',
    socket: 'refused',
  });
  // What is told by an event only.
  for (const directive of [
    'require-trusted-types-for',
    'style-src-attr',
    'style-src-elem',
    'img-src',
    'frame-src',
    'base-uri',
    'connect-src',
  ])
    await expect.poll(() => complaints.join('\n')).toContain(`policy: ${directive} refuses`);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
});

test('no page shows ours in a frame', async () => {
  const { page } = await openPage(browser, studio.url);
  await page.route('**/frame-test', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${studio.url}/"></iframe>` }),
  );
  await page.goto(`${studio.url}/frame-test`);
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  await frame?.waitForURL(/^chrome-error:/);
  expect(frame?.url()).toMatch(/^chrome-error:/);
});
