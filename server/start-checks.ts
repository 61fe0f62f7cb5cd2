import { once } from 'node:events';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import postgres from 'postgres';

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code !== ''
    ? error.code
    : String(error);

const OLDEST_POSTGRES = 18;

export function checkVolume(volumeRoot: string) {
  try {
    mkdirSync(volumeRoot, { recursive: true });
    accessSync(volumeRoot, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(
      `The volume ${volumeRoot} cannot be written (${codeOf(error)}): set VOLUME_ROOT to a folder that can.`,
    );
  }
}

/** Asked before anything is started, because a database that comes up only to go down again costs seconds. */
export async function checkPort(host: string, port: number) {
  const probe = createServer();
  try {
    await once(probe.listen(port, host), 'listening');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${port} on ${host} is taken: stop what uses it, or set PORT.`);
    throw new Error(`Isengard cannot listen on ${host}, port ${port} (${code}): set HOST and PORT.`);
  }
  await new Promise((closed) => probe.close(closed));
}

export async function checkDatabase(url: string) {
  // Never the whole address: it holds the password.
  const { host, pathname } = new URL(url);
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    const [row] = await sql<{ server_version: string }[]>`show server_version`;
    const version = row?.server_version ?? '0';
    if (Number.parseInt(version, 10) < OLDEST_POSTGRES) {
      throw new TooOld(
        `The database at ${host} is PostgreSQL ${version}; Isengard needs ${OLDEST_POSTGRES} or newer.`,
      );
    }
  } catch (error) {
    if (error instanceof TooOld) throw error;
    const why = error instanceof Error && error.message !== '' ? error.message : codeOf(error);
    throw new Error(`The database ${host}${pathname} cannot be reached: ${why.replace(/\.$/, '')}.`);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

class TooOld extends Error {}
