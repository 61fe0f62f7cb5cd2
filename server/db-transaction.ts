import type { TransactionSql } from 'postgres';
import { isConnectionLost } from './db-errors.ts';
import type { Dialogue } from './db-silence.ts';

type Work<Result> = (tx: TransactionSql) => Promise<Result>;
type Watch = Dialogue & { isLost(): boolean; onLost(): void };

const connectionClosed = () =>
  Object.assign(new Error('The connection of this transaction was lost.'), { code: 'CONNECTION_CLOSED' });

/**
 * `work` for postgres.js' `begin`, so that nothing is sent any more once the connection is gone: `begin` rejects by itself then,
 * but what its work goes on to send would run outside of the transaction, and its own rollback would crash the process.
 * It is called when the beginning has been answered, and what it returns asks for the end.
 */
export function withinTransaction<Result>(
  work: Work<Result>,
  watch: Watch,
): (tx: TransactionSql) => Promise<Result> {
  return async (tx) => {
    watch.answered();
    try {
      return await unlessLost(await work(guarded(tx, watch)), watch);
    } catch (error) {
      if (isConnectionLost(error)) watch.onLost();
      await unlessLost(undefined, watch);
      throw error;
    } finally {
      watch.asked();
    }
  };
}

/** Never, when the connection is lost: `begin` has told its caller, and must not come to its commit or rollback. */
const unlessLost = <Value>(value: Value, { isLost }: Watch) =>
  isLost() ? new Promise<Value>(() => {}) : value;

function guarded(tx: TransactionSql, watch: Watch): TransactionSql {
  const check = () => {
    if (watch.isLost()) throw connectionClosed();
  };
  function asking<Answer extends PromiseLike<unknown>>(ask: () => Answer): Answer {
    watch.asked();
    const answer = ask();
    // Sends a statement, but only after this turn: in which form its result is wanted can still be said.
    answer.then(watch.answered, watch.answered);
    return answer;
  }
  return new Proxy(tx, {
    apply(target, self, given) {
      check();
      return Reflect.apply(target, self, given);
    },
    get(target, name) {
      if (name === 'savepoint')
        return (work: Work<unknown>) => {
          check();
          return asking(() => target.savepoint(withinTransaction(work, watch)));
        };
      const value: unknown = Reflect.get(target, name);
      if (name !== 'unsafe') return value;
      return (...given: Parameters<TransactionSql['unsafe']>) => {
        check();
        return asking(() => target.unsafe(...given));
      };
    },
  });
}
