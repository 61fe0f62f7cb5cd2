import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { accept, callerAt } from '#tests/people.ts';
import { startStudio } from '#tests/studio.ts';

test('who runs it gets in again: as the first owner, and later with a new password', async () => {
  await using studio = await startStudio({ worker: false, env: { ISENGARD_AUTH: 'on' } });
  async function ownerLink() {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'owner-link.ts')], {
      env: { ...process.env, DATABASE_URL: studio.databaseUrl, VOLUME_ROOT: studio.volume, PORT: '3000' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return output;
  }
  const becomeOwner = await ownerLink();
  expect(becomeOwner).toMatch(
    /^Become the owner with this link: http:\/\/localhost:3000\/set-up#[A-Za-z0-9_-]{43}\n$/,
  );
  const olga = callerAt(studio.url);
  await accept(olga, { secret: becomeOwner.trim().split('#')[1], name: 'Olga' });

  const newPassword = await ownerLink();
  expect(newPassword).toMatch(
    /^A new password for Olga, [^\n]+: http:\/\/localhost:3000\/join#[A-Za-z0-9_-]{43}\n$/,
  );
  const again = callerAt(studio.url);
  await accept(again, { secret: newPassword.trim().split('#')[1], password: 'a new password' });
  const VIEWER = '{ access { viewer { user { name } } } }';
  expect((await again.get(VIEWER)).access.viewer.user.name).toBe('Olga');
  expect((await olga.get(VIEWER)).access.viewer).toBeNull();
});
