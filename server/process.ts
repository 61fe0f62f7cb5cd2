import { isConnectionLost } from './db-errors.ts';
import { log } from './log.ts';
import { exitWithParent } from './parent.ts';
import type { ChildMessage } from './supervise.ts';

const tell = (message: ChildMessage) => process.send?.(message);

type Running = { message: ChildMessage; stop: () => Promise<void> };

/**
 * A rejection that nobody waits for ends the process, as Node has it, but for that of a lost connection: an outage of the
 * database must end nothing. postgres.js 3.4.9 has one. It asks each new connection for the types of arrays (`fetchArrayTypes`)
 * and waits for the answer nowhere; whoever opened the connection is told of its end all the same.
 */
function outliveOutages() {
  process.on('unhandledRejection', (error) => {
    if (!isConnectionLost(error)) throw error;
    log.error({ error }, 'A lost connection was reported to nobody');
  });
}

/** The life of a process of ours: starts, tells its parent, stops on SIGTERM, SIGINT or the end of its parent. */
export async function runProcess(name: string, start: () => Promise<Running>) {
  outliveOutages();
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    log.fatal({ error }, `${name} cannot start`);
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    // The message needs a moment to leave.
    setTimeout(() => process.exit(1), 100);
    return;
  }
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    try {
      await running.stop();
      log.info(`${name} stopped`);
      process.exit(0);
    } catch (error) {
      // Such as a database that is away: what could not be said to it, the next start finds out.
      log.error({ error }, `${name} stopped, but not in order`);
      process.exit(1);
    }
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  exitWithParent(stop);
  tell(running.message);
}
