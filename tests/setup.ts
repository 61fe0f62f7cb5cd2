import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createDatabase } from './database.ts';

// The server reads its environment when it is imported, which a test file does after this.
const database = await createDatabase();
const volume = await mkdtemp(join(tmpdir(), 'isengard-volume-'));
process.env.DATABASE_URL = database.url;
process.env.VOLUME_ROOT = volume;
process.env.LOG_LEVEL ??= 'silent';
// Who may do what has tests of its own (server/auth), which switch it on.
process.env.ISENGARD_AUTH ??= 'off';
process.env.FAST_TEST_STEP_MS ??= '2';
// Every training would start a process that finds faces. Who wants scores switches it on.
process.env.IDENTITY_SCORES ??= 'off';
// The delays of the product have a test of their own (tests/faults); everywhere else they would only be waited for.
process.env.RETRY_SECONDS ??= '0,0,0';

afterAll(async () => {
  await database.drop();
  await rm(volume, { recursive: true, force: true });
});
