import { findInstallation, type Installation } from './demo-installation.ts';
import { type Screen, screenOn } from './demo-screen.ts';

/** What a command is given: an installation that answers, a place to tell, and a signal that Ctrl-C aborts. */
export type Command = Pick<Installation, 'api' | 'isOurs'> & { screen: Screen; signal: AbortSignal };

/** As shells report a process that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * Runs a command of ours and ends the process: 0 when it is done, 1 with one sentence when it cannot be, 130 after Ctrl-C. The
 * first Ctrl-C cancels what runs and waits for it, the second one leaves at once.
 */
export async function runCommand(
  url: string | undefined,
  command: (given: Command) => Promise<void>,
): Promise<void> {
  const screen = screenOn(process.stdout);
  const interruption = new AbortController();
  const { signal } = interruption;
  const interrupt = () => {
    if (signal.aborted) process.exit(INTERRUPTED);
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let installation: Installation | undefined;
  try {
    installation = await findInstallation({ url, tell: screen.line, signal });
    screen.line(installation.description);
    await command({ ...installation, screen, signal });
  } catch (error) {
    screen.endProgress();
    if (signal.aborted) process.stderr.write('Cancelled.\n');
    else complain(error);
    process.exitCode = signal.aborted ? INTERRUPTED : 1;
  } finally {
    await installation?.stop();
  }
  process.exit();
}

export function complain(error: unknown) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
