import { setTimeout as delay } from 'node:timers/promises';
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';

type KeptPostgres = Pick<Postgres, 'url' | 'stop'>;

type Options = Omit<PostgresOptions, 'port'> & {
  /** It died too often, or does not start any more. */
  onGivenUp(error: Error): void;
};

const QUICK_SECONDS = 10;
const MOST_QUICK_DEATHS = 5;
/** Processes of the old server may need a moment to notice that it is gone, and the new one waits for the last of them. */
const START_SECONDS = 60;

/**
 * PostgreSQL that is started again when it dies, on the port where all who use it look for it. It replays its log, so what was
 * committed is there: https://www.postgresql.org/docs/18/wal-reliability.html
 */
export async function keepPostgres({ onGivenUp, ...options }: Options): Promise<KeptPostgres> {
  let current = await startPostgres(options);
  const { url, port } = current;
  let isStopping = false;
  let starting: Promise<void> | undefined;

  async function keepRunning(deaths: number): Promise<void> {
    const since = performance.now();
    await current.ended;
    if (isStopping) return;
    const quickDeaths = performance.now() - since < QUICK_SECONDS * 1000 ? deaths + 1 : 1;
    if (quickDeaths >= MOST_QUICK_DEATHS)
      throw new Error(`The database stopped ${quickDeaths} times in a row; the next start recovers it.`);
    if (quickDeaths > 1) await delay(100 * 2 ** quickDeaths);
    starting = startAgain();
    await starting;
    return keepRunning(quickDeaths);
  }

  async function startAgain(): Promise<void> {
    const deadline = performance.now() + START_SECONDS * 1000;
    while (!isStopping) {
      try {
        current = await startPostgres({ ...options, port });
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(500);
      }
    }
  }

  keepRunning(0).catch(onGivenUp);
  return {
    url,
    async stop() {
      isStopping = true;
      // Who is coming up can only be stopped when it is up.
      await starting?.catch(() => {});
      await current.stop();
    },
  };
}
