import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Api, apiAt, NoAnswer, Problem } from './demo-api.ts';

const INFO = 'query WhatIsHere { info { name version mode } }';
/** Where `npm start` would listen with the same environment. */
const DEFAULT_URL = `http://localhost:${process.env.PORT || 3000}`;
const START_SCRIPT = join(import.meta.dirname, '../start.ts');

export type Installation = {
  api: Api;
  /** One line about it. */
  description: string;
  /** We started it, so nobody finds it after us. */
  isOurs: boolean;
  /** Does nothing when it is not ours. */
  stop(): Promise<void>;
};

/** The installation at `url`; without one, that of `npm start`, and when none runs, one of our own for as long as we need it. */
export async function findInstallation(options: {
  url: string | undefined;
  tell: (line: string) => void;
  signal: AbortSignal;
}): Promise<Installation> {
  const { url, tell, signal } = options;
  const address = url === undefined ? DEFAULT_URL : addressOf(url);
  try {
    return { ...(await look(address)), isOurs: false, stop: async () => {} };
  } catch (error) {
    if (url !== undefined || !(error instanceof NoAnswer)) throw error;
    tell(`${error.message} Starting one …`);
    return startInstallation(signal);
  }
}

async function look(address: string) {
  const api = apiAt(address);
  const { info } = await api.query<{ info: { name: string; version: string; mode: string } }>(INFO);
  const mode = info.mode.toLowerCase().replace('_', '-');
  return { api, description: `${info.name} ${info.version} (${mode}) at ${address}` };
}

function addressOf(url: string) {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new Problem(`${url} is not an address: give one like ${DEFAULT_URL}.`);
  return `${parsed.origin}${parsed.pathname}`.replace(/\/(graphql\/?)?$/, '');
}

async function startInstallation(signal: AbortSignal): Promise<Installation> {
  const child = spawn(process.execPath, [START_SCRIPT], {
    env: {
      ...process.env,
      PORT: '0',
      // For as long as the command takes, at a port that nobody knows.
      HOST: '127.0.0.1',
      ISENGARD_AUTH: 'off',
      // Under npm, `start.ts` ends itself when its parent is gone. We are its parent, and may be killed like npm.
      npm_lifecycle_event: process.env.npm_lifecycle_event ?? 'demo',
    },
    // A group of its own: Ctrl-C is ours first, because a running job wants to be cancelled before its server goes.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const ready = new Promise<string>((resolve) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const address = /^Isengard is ready: (\S+)$/m.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  signal.addEventListener('abort', stop);
  const address = await Promise.race([ready, ended.then(() => null)]);
  // From now on whoever uses it ends its job first.
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (address === null) throw new Problem(complaint.trim() || 'Isengard could not be started.');
  return { ...(await look(address)), isOurs: true, stop };
}
