import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './graphql.ts';

/** Writes `schema/schema.graphql`; with `--check` only says whether it is up to date. */
const path = fileURLToPath(new URL('../schema/schema.graphql', import.meta.url));
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

if (process.argv.includes('--check')) {
  if ((await readFile(path, 'utf8').catch(() => '')) !== printed) {
    process.stderr.write(
      'schema/schema.graphql is not what the code prints. Run `npm run codegen` and commit.\n',
    );
    process.exitCode = 1;
  }
} else await writeFile(path, printed);
