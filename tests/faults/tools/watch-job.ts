import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Data } from '../../api.ts';
import { until } from '../../until.ts';
import { jobEventsDocument } from './documents.ts';

export type SeenEvent = { cursor: string; __typename: string; state?: string } & Data;

/** A client that follows one job, comes back with its cursor when its connection breaks, and keeps all that it is told. */
export type JobWatch = {
  jobId: string;
  seen: SeenEvent[];
  /** When each came, in milliseconds. */
  times: number[];
  connections(): number;
  /** Events that came over the connection that it has now. */
  heard(): number;
  /** Hangs up, and does not come back before `comeBack`. */
  goAway(): void;
  comeBack(): void;
  /** Resolves when the subscription completes, which it does after the job's last event. */
  end(options?: { seconds: number }): Promise<SeenEvent[]>;
  stop(): Promise<void>;
};

/** How soon a client tries again. */
const AGAIN_MS = 50;

export function watchJob(url: string, jobId: string): JobWatch {
  const seen: SeenEvent[] = [];
  const times: number[] = [];
  let connections = 0;
  let heard = 0;
  let isStopped = false;
  let isOver = false;
  let lastError: unknown;
  let back = Promise.resolve();
  let comeBack = () => {};
  let hangUp = () => {};

  async function follow() {
    while (!isStopped) {
      await back;
      isOver = await followOnce();
      if (isOver) return;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  /** Resolves to whether the server said that nothing more comes. */
  async function followOnce() {
    connections++;
    heard = 0;
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    hangUp = () => client.terminate();
    const variables = { jobId, after: seen.at(-1)?.cursor };
    try {
      for await (const { data, errors } of client.iterate<Data>({ query: jobEventsDocument, variables })) {
        if (errors) throw new Error(JSON.stringify(errors));
        if (data.jobEvents === null) continue;
        seen.push(data.jobEvents);
        heard++;
        times.push(performance.now());
      }
      return true;
    } catch (error) {
      lastError = error;
      return false;
    } finally {
      // Waiting for its goodbye could last for ever on a connection that is cut.
      client.terminate();
    }
  }

  const following = follow();
  return {
    jobId,
    seen,
    times,
    connections: () => connections,
    heard: () => heard,
    goAway() {
      const gone = Promise.withResolvers<void>();
      back = gone.promise;
      comeBack = gone.resolve;
      hangUp();
    },
    comeBack: () => comeBack(),
    async end({ seconds } = { seconds: 60 }) {
      await until(() => isOver, `job ${jobId} has ended`, { seconds }).catch((error: Error) => {
        throw new Error(`${error.message} Last: ${JSON.stringify(seen.at(-1))}, ${told(lastError)}`);
      });
      return seen;
    },
    async stop() {
      isStopped = true;
      comeBack();
      hangUp();
      await following;
    },
  };
}

/** A socket that closed is no error but an event, of which the code and reason say something. */
function told(error: unknown) {
  if (error instanceof Error) return error.message;
  const { code, reason } = (error ?? {}) as { code?: number; reason?: string };
  return `${code ?? 'no'} ${reason ?? 'error'}`;
}
