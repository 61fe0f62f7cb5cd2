import { availableParallelism, cpus, totalmem } from 'node:os';
import { comfyui } from './comfyui.ts';
import { engine } from './engine.ts';
import { events } from './events.ts';
import { gallery } from './gallery.ts';
import { galleryScroll } from './gallery-scroll.ts';
import { type Installation, startInstallation } from './installation.ts';
import { list } from './list.ts';
import { clock, median, ms, type Row, table } from './measure.ts';
import { memory } from './memory.ts';
import { killAll } from './processes.ts';
import { signIn } from './sign-in.ts';
import { starts } from './starts.ts';
import { uploads } from './uploads.ts';

/**
 * `npm run bench` measures all, `npm run bench -- list events` some. Each figure stands beside a limit or a peer of the same
 * run, because machines differ and ratios less. See docs/benchmarks.md for how to read them.
 */
const BENCHMARKS: Record<string, (installation: Installation) => Promise<Row[]>> = {
  list,
  'gallery-scroll': galleryScroll,
  gallery,
  events,
  starts,
  uploads,
  memory,
  engine,
  comfyui,
  'sign-in': signIn,
};

const print = (text: string) => process.stdout.write(`${text}\n`);

async function environment({ sql }: Installation) {
  const [version] = await sql<{ server_version: string }[]>`show server_version`;
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return [
    new Date().toISOString().slice(0, 16).replace('T', ' '),
    `${availableParallelism()} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.version}, PostgreSQL ${version?.server_version.split(' ')[0]}`,
    `one durable commit takes ${ms(await commitMs(sql))}`,
  ].join(' · ');
}

/** Half of what is measured below waits for it. */
async function commitMs(sql: Installation['sql']) {
  await sql`create table bench_commit (n int)`;
  const times: number[] = [];
  for (let n = 0; n < 100; n++) {
    const before = clock();
    await sql`insert into bench_commit values (${n})`;
    times.push(clock() - before);
  }
  return median(times);
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown !== undefined) {
  process.stderr.write(
    `There is no benchmark "${unknown}"; there are ${Object.keys(BENCHMARKS).join(', ')}.\n`,
  );
  process.exit(1);
}

const installation = await startInstallation();
// Nothing may be left, neither processes nor gigabytes in the folder of temporary files.
const interrupt = () => {
  killAll();
  installation.stop().finally(() => process.exit(130));
};
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);
const rows: Row[] = [];
try {
  print(await environment(installation));
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    print(`${name} …`);
    rows.push(...(await run(installation)));
  }
} finally {
  await installation.stop();
}
print(`\n${table(rows)}`);
process.exit();
