import { CannotLook, findInstallation } from './own-installation.ts';

/**
 * `npm run owner-link`: for who runs the installation and cannot get in. Prints a link that is good for one use and an hour: to become the
 * first owner, or, when there is one, to give the oldest owner a new password. Whoever can run this can read the database anyway.
 */
async function printLink() {
  const env = await findInstallation();
  const { inviteFirstOwner, inviteToNewPassword } = await import('../auth/invitations.ts');
  const { listUsers } = await import('../auth/users.ts');
  const { closeDb } = await import('../db.ts');
  const base = (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/$/, '');
  try {
    const first = await inviteFirstOwner();
    if (first !== null) return `Become the owner with this link: ${base}/set-up#${first.secret}`;
    const owner = (await listUsers()).find(({ role }) => role === 'owner');
    if (owner === undefined) throw new CannotLook('There is no owner any more; try again.');
    const { secret } = await inviteToNewPassword(owner.id, null);
    return `A new password for ${owner.name}, whose sessions and API keys end with it: ${base}/join#${secret}`;
  } finally {
    await closeDb();
  }
}

try {
  process.stdout.write(`${await printLink()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
