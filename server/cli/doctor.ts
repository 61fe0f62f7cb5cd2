import { parseArgs } from 'node:util';
import { reportLines } from './doctor-report.ts';
import { CannotLook, findInstallation } from './own-installation.ts';

/** `npm run doctor`: looks whether database, queue and volume agree, now. Exit code 0: they do; 1: they do not; 2: cannot look. */
const USAGE = `Usage: npm run doctor -- [--hashes] [--quarantine]

Looks whether database, queue, volume and processes agree. Changes nothing; its report is kept beside those of the nightly checks.
  --hashes      reads every file to its end and compares it with its SHA-256: slow, but finds what rotted
  --quarantine  then moves files that no row names to cache/quarantine, from where they go after 30 days`;

const FOUND = 1;
const CANNOT_LOOK = 2;

function readOptions() {
  const boolean = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ options: { hashes: boolean, quarantine: boolean } }).values;
  } catch (error) {
    throw new CannotLook(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

const tell = (line: string) => process.stdout.write(`${line}\n`);

const NO_SUCH_TABLE = '42P01';

/** What went wrong, as the database says it: Drizzle names the statement first, and that helps nobody here. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  if ('code' in error && error.code === NO_SUCH_TABLE)
    return 'this database was never used by this version of Isengard. Start it once.';
  return error.message || ('code' in error ? String(error.code) : error.name);
}

async function examine({ hashes, quarantine }: { hashes: boolean; quarantine: boolean }) {
  const { VOLUME_ROOT } = await findInstallation();
  const { checkNow } = await import('../maintenance/consistency.ts');
  const { knowsFiles, sweepOrphans } = await import('../maintenance/orphans.ts');
  const { closeDb } = await import('../db.ts');
  try {
    tell(`Isengard on the volume ${VOLUME_ROOT}`);
    const report = await checkNow({ hashes });
    for (const line of reportLines(report, { hashes })) tell(line);
    if (quarantine && !(await knowsFiles()))
      tell('The database names no file at all: is it the one of this volume? Nothing was moved.');
    else if (quarantine) {
      const moved = await sweepOrphans({ onMoved: (_, to) => tell(`Moved to ${to}`) });
      tell(`${moved} ${moved === 1 ? 'file was' : 'files were'} moved to quarantine.`);
    }
    return report.found.size === 0 ? 0 : FOUND;
  } catch (error) {
    throw new CannotLook(`Cannot look: ${reasonOf(error)}`);
  } finally {
    await closeDb();
  }
}

try {
  process.exitCode = await examine(readOptions());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = CANNOT_LOOK;
}
