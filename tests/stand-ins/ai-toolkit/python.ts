import { complain, print } from './terminal.ts';

/** What Python would raise: the name of its class, and its message. */
export class PythonError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export class KeyboardInterrupt extends Error {}

/** SIGINT is heard only where Python would look: in what `interruptible` waits for. */
export function interrupts({ isDeaf }: { isDeaf: boolean }) {
  const interrupt = Promise.withResolvers<never>();
  interrupt.promise.catch(() => {});
  process.on('SIGINT', () => {
    if (!isDeaf) interrupt.reject(new KeyboardInterrupt());
  });
  return <Result>(promise: Promise<Result>): Promise<Result> => Promise.race([promise, interrupt.promise]);
}

const RULE = '='.repeat(40);

const block = (...lines: string[]) => print(['', RULE, ...lines, RULE].join('\n'));

/** Ends the process as run.py does: with an exit code, or by the signal itself. */
export function endWith(error: unknown, { isNew }: { isNew: boolean }) {
  if (error instanceof KeyboardInterrupt) return endInterrupted(isNew);
  const type = error instanceof PythonError ? error.type : 'RuntimeError';
  const message = error instanceof Error ? error.message : String(error);
  print(`Error running job: ${message}`);
  print(
    message.startsWith('Could not find config file')
      ? "Error running on_error: cannot access local variable 'job' where it is not associated with a value"
      : `on_error: ${type} ${message}`,
  );
  block('Result:', ' - 0 completed jobs', ' - 1 failure');
  complain(`Traceback (most recent call last):\n${type}: ${message}\n`);
  process.exit(1);
}

function endInterrupted(isNew: boolean) {
  print('on_error: KeyboardInterrupt ');
  if (isNew) {
    block('Job stopped');
    process.exit(0);
  }
  block('Result:', ' - 0 completed jobs');
  complain('Traceback (most recent call last):\nKeyboardInterrupt\n');
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}
