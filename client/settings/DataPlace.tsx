import { A } from '@solidjs/router';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { createPageQuery } from '../graphql/query.ts';
import { formatBytes } from '../ui/format.ts';

const PlaceQuery = graphql(`
  query DataPlace {
    storage { path freeBytes }
  }
`);

/** Where the data lies: a path on the server, which only those who run it need. */
export function DataPlace() {
  const query = createPageQuery(
    PlaceQuery,
    () => ({}),
    () => !can('ADMIN'),
  );
  return (
    <Show when={query.data()}>
      {(data) => (
        <>
          <dt>Data</dt>
          <dd>
            <code>{data().storage.path}</code>, {formatBytes(data().storage.freeBytes)} free.{' '}
            <A href="/settings/storage">What lies there</A>
          </dd>
        </>
      )}
    </Show>
  );
}
