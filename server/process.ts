import { log } from './log.ts';
import { exitWithParent } from './parent.ts';
import type { ChildMessage } from './supervise.ts';

const tell = (message: ChildMessage) => process.send?.(message);

type Running = { message: ChildMessage; stop: () => Promise<void> };

/** The life of a process of ours: starts, tells its parent, stops on SIGTERM, SIGINT or the end of its parent. */
export async function runProcess(name: string, start: () => Promise<Running>) {
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
  const stop = async () => {
    await running.stop();
    log.info(`${name} stopped`);
    process.exit(0);
  };
  let stopping: Promise<void> | undefined;
  const stopOnce = () => void (stopping ??= stop());
  process.on('SIGTERM', stopOnce);
  process.on('SIGINT', stopOnce);
  exitWithParent(stopOnce);
  tell(running.message);
}
