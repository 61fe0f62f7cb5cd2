import { inviteFirstOwner } from './auth/invitations.ts';
import { checkEngines, engineNames } from './capabilities.ts';
import { closeDb, waitForDatabase } from './db.ts';
import { env } from './env.ts';
import { listen } from './http/listener.ts';
import { queuesOf } from './jobs/lines.ts';
import { sweepLeases } from './jobs/lost.ts';
import { startQueue, stopQueue } from './jobs/queue.ts';
import { log } from './log.ts';
import { runProcess } from './process.ts';
import { prepareVolume } from './storage/volume.ts';
import type { ChildMessage } from './supervise.ts';

/** Serves the API and the client. Stateless: any number of these processes may run. */
await runProcess('Server', async () => {
  await checkEngines();
  await prepareVolume();
  await waitForDatabase();
  await startQueue(queuesOf(engineNames));
  const sweeper = sweepLeases();
  const listener = await listen({ host: env.HOST, port: env.PORT });
  if (env.ISENGARD_AUTH === 'off')
    log.warn('ISENGARD_AUTH=off: whoever reaches this server may do everything');
  else await offerSetUp(listener.url);
  // Only a proxy speaks https to its users.
  if (env.PUBLIC_URL?.startsWith('https:') && env.TRUSTED_PROXIES.length === 0)
    log.warn(
      'TRUSTED_PROXIES names no proxy: all users count as one address, and one can use up the limits of all',
    );
  log.info({ url: listener.url, mode: env.ISENGARD_MODE }, 'Server listens');
  return {
    message: { type: 'listening', url: listener.url },
    async stop() {
      await listener.close();
      await sweeper.stop();
      await stopQueue();
      await closeDb();
    },
  };
});

/** While it has no owner: how one gets to be it. Never in a log: to whoever started us, or else on the terminal. */
async function offerSetUp(listening: string) {
  const invitation = await inviteFirstOwner();
  if (invitation === null) return;
  const url = `${(env.PUBLIC_URL ?? listening).replace(/\/$/, '')}/set-up#${invitation.secret}`;
  if (process.send) process.send({ type: 'set-up', url } satisfies ChildMessage);
  else process.stderr.write(`Become the owner with this link, once, within an hour: ${url}\n`);
}
