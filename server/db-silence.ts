/** What the database was asked, and what it answered. */
export type Dialogue = { asked(): void; answered(): void };

/**
 * Calls `onSilence` when the database owes answers and none has come for so long. While it owes none, a transaction may take
 * its time.
 */
export function watchSilence(seconds: number, onSilence: () => void): Dialogue & { over(): void } {
  let owed = 0;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;

  function wait() {
    clearTimeout(timer);
    timer = owed > 0 && !isOver ? setTimeout(expire, seconds * 1000) : undefined;
  }
  function expire() {
    const expired = timer;
    // After a standstill of our own, the answers that came meanwhile are read when the timers are done.
    setImmediate(() => {
      if (timer === expired) onSilence();
    });
  }

  return {
    asked() {
      owed++;
      if (timer === undefined) wait();
    },
    answered() {
      owed--;
      wait();
    },
    over() {
      isOver = true;
      wait();
    },
  };
}
