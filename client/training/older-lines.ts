import { useClient } from '@urql/solid';
import { createSignal } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { describe } from '../graphql/errors.ts';
import { toast } from '../ui/toast.ts';
import type { LiveLine } from './live.ts';

const OlderLines = graphql(`
  query OlderLines($id: ID!, $before: String!) {
    job(id: $id) {
      id
      log(last: 500, before: $before) {
        edges { node { cursor at level message } }
        pageInfo { hasPreviousPage }
      }
    }
  }
`);

/** The lines before those that the page has, fetched as they are asked for. */
export function createOlderLines(jobId: string, newer: () => readonly LiveLine[]) {
  const client = useClient();
  const [lines, setLines] = createSignal<readonly LiveLine[]>([]);
  const [isPending, setPending] = createSignal(false);
  const [isWhole, setWhole] = createSignal(false);
  const first = () => lines()[0] ?? newer()[0];
  return {
    lines,
    isPending,
    isWhole,
    fetch: async () => {
      const before = first()?.cursor;
      if (before === undefined || isPending()) return;
      setPending(true);
      const { data, error } = await client.query(OlderLines, { id: jobId, before }).toPromise();
      setPending(false);
      if (error !== undefined)
        return toast({ kind: 'bad', title: 'The older lines did not come', ...describe(error) });
      const log = data?.job?.log;
      setLines((known) => [...(log?.edges.map(({ node }) => node) ?? []), ...known]);
      setWhole(log?.pageInfo.hasPreviousPage !== true);
    },
  };
}
