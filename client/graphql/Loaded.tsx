import { type Accessor, type JSX, Match, Switch } from 'solid-js';
import { ErrorState, Forbidden } from '../ui/ErrorState.tsx';
import type { PageQuery } from './query.ts';

/** What a page shows while its query has nothing yet, when it failed or is not allowed, and when it is there. */
export function Loaded<Data>(props: {
  query: PageQuery<Data>;
  skeleton: JSX.Element;
  children: (data: Accessor<Data>) => JSX.Element;
}) {
  return (
    <Switch fallback={props.skeleton}>
      <Match when={props.query.data()}>{(data) => props.children(data as Accessor<Data>)}</Match>
      <Match when={props.query.problem()?.isForbidden ? props.query.problem() : null}>
        {(problem) => <Forbidden message={problem().message} />}
      </Match>
      <Match when={props.query.problem()}>
        {(problem) => (
          <ErrorState
            message={problem().message}
            correlationId={problem().correlationId}
            onRetry={props.query.refresh}
          />
        )}
      </Match>
    </Switch>
  );
}
