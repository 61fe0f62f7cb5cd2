import { ask, type Installation } from './installation.ts';
import { clock, median, ms, type Row, ratioOf } from './measure.ts';

const ROUNDS = 30;
const DOCUMENT = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';

/** Whether the time of a wrong password tells who exists: the ratio has to be 1. */
export async function signIn({ url, sql }: Installation): Promise<Row[]> {
  // A hash as the product makes them; nobody knows a password for it.
  const hash =
    '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$3kVZyZKx5X5R5W6Q7o0lqXK2d2Jm1Yk8cJc4f9oVd7o';
  await sql`insert into users (name, role, password_hash) values ('somebody', 'viewer', ${hash})`;
  const times = { somebody: [] as number[], nobody: [] as number[] };
  for (let round = 0; round < ROUNDS; round++)
    for (const name of ['somebody', 'nobody'] as const) {
      await sql`delete from attempts`;
      const startedAt = clock();
      await ask(url, DOCUMENT, { input: { name, password: `wrong password ${round}` } });
      times[name].push(clock() - startedAt);
    }
  const [known, unknown] = [median(times.somebody), median(times.nobody)];
  return [
    {
      name: 'a wrong password for a name that nobody has',
      measured: ms(unknown),
      against: `${ms(known)} for one that somebody has`,
      ratio: ratioOf(unknown, known),
    },
  ];
}
