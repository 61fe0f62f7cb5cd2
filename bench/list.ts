import { ask, type Installation } from './installation.ts';
import { fillLists } from './list-rows.ts';
import { requestsPerSecond } from './load.ts';
import { median, type Row, ratioOf } from './measure.ts';
import { start } from './processes.ts';

const CONNECTIONS = 50;
const ROUNDS = 3;
const SECONDS = 2;

/** A list of one table: what a request costs beside its SQL. */
const PLAIN = /* GraphQL */ `
  query Plain($first: Int!) {
    characters(first: $first) {
      edges { node { id name triggerWord description createdAt updatedAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

/** The page of characters as the client sends it (`client/characters/CharactersPage.tsx`), its cards included. */
const CLIENT = /* GraphQL */ `
  query Characters($search: String, $sort: CharacterSort!, $after: String, $first: Int!) {
    characters(search: $search, sort: $sort, first: $first, after: $after) {
      totalCount
      edges { node { id ...CharacterCard_character __typename } __typename }
      pageInfo { hasNextPage endCursor __typename }
      __typename
    }
  }
  fragment CharacterCard_character on Character {
    id name triggerWord imageCount
    cover { id thumbHash thumbnailUrl(size: LARGE) __typename }
    newestLora { id name __typename }
    lastTraining { id state step steps eta { seconds lowSeconds highSeconds __typename } __typename }
    __typename
  }
`;

export async function list(installation: Installation): Promise<Row[]> {
  await fillLists(installation);
  const peer = await start('bench/list-peer.ts', installation.env);
  const rows: Row[] = [];
  for (const [name, peerName, query, variables] of [
    ['list of 20 rows, one table', 'plain', PLAIN, { first: 20 }],
    ['list of 20 rows, as the client sends it', 'client', CLIENT, { first: 20, sort: 'NEWEST' }],
  ] as const) {
    const bytes = JSON.stringify(await ask(installation.url, query, variables)).length;
    const ours = { url: installation.url, body: JSON.stringify({ query, variables }) };
    const theirs = { url: peer.ready.url ?? '', body: JSON.stringify({ name: peerName }) };
    const [measured, against] = await alternate(ours, theirs);
    rows.push({
      name: `${name} (${(bytes / 1000).toFixed(1)} kB, ${CONNECTIONS} connections)`,
      measured: `${Math.round(measured)} requests/s`,
      against: `${Math.round(against)} bare node:http + one prepared statement`,
      ratio: ratioOf(measured, against),
    });
  }
  await peer.stop();
  return rows;
}

type Target = { url: string; body: string };

/** In turns, so that what else the machine does meets both. */
async function alternate(ours: Target, theirs: Target): Promise<[number, number]> {
  const [measured, against]: [number[], number[]] = [[], []];
  for (const target of [ours, theirs])
    await requestsPerSecond({ ...target, connections: CONNECTIONS, seconds: 1 });
  for (let round = 0; round < ROUNDS; round++) {
    measured.push(await requestsPerSecond({ ...ours, connections: CONNECTIONS, seconds: SECONDS }));
    against.push(await requestsPerSecond({ ...theirs, connections: CONNECTIONS, seconds: SECONDS }));
  }
  return [median(measured), median(against)];
}
