import postgres from 'postgres';
import { isConnectionLost, isLeftOpen } from './db-errors.ts';
import { type Dialogue, watchSilence } from './db-silence.ts';
import { withinTransaction } from './db-transaction.ts';

/** Every connection was in use for as long as somebody was ready to wait for one. */
class NoConnectionFree extends Error {
  readonly code = 'NO_CONNECTION_FREE';

  constructor(seconds: number) {
    super(`No database connection became free within ${seconds} s.`);
  }
}

/** Who vanishes without a word is not missed by TCP for a quarter of an hour. */
class NoAnswer extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(seconds: number) {
    super(`The database did not answer within ${seconds} s.`);
  }
}

type Options = {
  max: number;
  /** For a connection to become free. */
  maxWaitSeconds: number;
  /** For the answer to one statement; it has to be more than Postgres itself allows. A day, when it is left out. */
  maxSilenceSeconds?: number;
  /** Postgres settings of each connection's session. */
  session?: Record<string, string>;
};

/** What Drizzle, pg-boss and we use of a postgres.js client. */
export type Pool = Pick<postgres.Sql, 'unsafe' | 'begin' | 'options' | 'end'>;

const CONNECT_SECONDS = 5;

type Waiter = { resolve(client: postgres.Sql): void };

/**
 * A pool of postgres.js clients of one connection each. One that broke is thrown away with its client: postgres.js 3.4.9
 * would reconnect it with what was left in its buffers (it then answers nothing for minutes), wait up to 20 s before it does,
 * and go on with the statements of a transaction outside of it (porsager/postgres#1154, #1208, #1215, #1216). A statement never
 * shares a connection with another one, so none waits behind one that hangs.
 */
export function openPool(url: string, options: Options): Pool {
  const { max, maxWaitSeconds, maxSilenceSeconds = 86_400, session = {} } = options;
  const free: postgres.Sql[] = [];
  const all = new Set<postgres.Sql>();
  const waiting = new Set<Waiter>();
  let hasEnded = false;

  function open() {
    const client: postgres.Sql = postgres(url, {
      max: 1,
      connect_timeout: CONNECT_SECONDS,
      // It would end a client that was just handed out.
      max_lifetime: null,
      connection: session,
      onnotice: () => {},
      onclose: () => discard(client),
    });
    Object.assign(client.options.parsers, template.options.parsers);
    Object.assign(client.options.serializers, template.options.serializers);
    all.add(client);
    return client;
  }
  // Never connects: it is what Drizzle sets its parsers on, before the first of the others is opened.
  const template = postgres(url, { max: 1 });

  function discard(client: postgres.Sql) {
    if (!all.delete(client)) return;
    const index = free.indexOf(client);
    if (index !== -1) free.splice(index, 1);
    void client.end({ timeout: 0 });
    serveNext();
  }

  function give(client: postgres.Sql) {
    if (all.has(client)) free.push(client);
    serveNext();
  }

  function serveNext() {
    const [waiter] = waiting;
    const client = waiter && (free.pop() ?? (all.size < max ? open() : undefined));
    if (client === undefined || waiter === undefined) return;
    waiting.delete(waiter);
    waiter.resolve(client);
  }

  async function take() {
    if (hasEnded) throw Object.assign(new Error('The pool has ended.'), { code: 'CONNECTION_ENDED' });
    const { promise, resolve, reject } = Promise.withResolvers<postgres.Sql>();
    const waiter = { resolve };
    waiting.add(waiter);
    serveNext();
    if (!waiting.has(waiter)) return promise;
    const tooLate = setTimeout(() => {
      waiting.delete(waiter);
      reject(new NoConnectionFree(maxWaitSeconds));
    }, maxWaitSeconds * 1000);
    return promise.finally(() => clearTimeout(tooLate));
  }

  async function use<Result>(
    work: (client: postgres.Sql, dialogue: Dialogue) => PromiseLike<Result>,
  ): Promise<Result> {
    const client = await take();
    const { promise: vanished, reject } = Promise.withResolvers<never>();
    const dialogue = watchSilence(maxSilenceSeconds, () => reject(new NoAnswer(maxSilenceSeconds)));
    dialogue.asked();
    try {
      return await Promise.race([work(client, dialogue), vanished]);
    } catch (error) {
      // The system tells of the error first and of the end of the socket later; nobody may get it in between.
      if (isConnectionLost(error) || isLeftOpen(error)) discard(client);
      throw error;
    } finally {
      dialogue.over();
      give(client);
    }
  }

  /** As postgres.js does it, the statement is sent when somebody asks for its result, in whichever form. */
  function unsafe(text: string, values?: never[], options?: postgres.UnsafeQueryOptions) {
    const send = (client: postgres.Sql) => client.unsafe(text, values, options);
    return {
      values: () => use((client) => send(client).values()),
      simple: () => use((client) => send(client).simple()),
      // biome-ignore lint/suspicious/noThenProperty: it stands for a postgres.js query, which is one too.
      then: (...handlers: Parameters<Promise<unknown>['then']>) => use(send).then(...handlers),
    };
  }

  const begin = <Result>(work: (tx: postgres.TransactionSql) => Promise<Result>) =>
    use((client, dialogue) => {
      const watch = { isLost: () => !all.has(client), onLost: () => discard(client), ...dialogue };
      return client.begin(withinTransaction(work, watch));
    });

  return {
    options: template.options,
    unsafe: unsafe as unknown as postgres.Sql['unsafe'],
    begin: begin as unknown as postgres.Sql['begin'],
    async end(options) {
      hasEnded = true;
      await Promise.all([...all, template].map((client) => client.end(options)));
    },
  };
}
