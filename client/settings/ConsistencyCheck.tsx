import ShieldCheck from 'lucide-solid/icons/shield-check';
import { createEffect, createSignal, on, onCleanup, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { announce } from '../ui/announce.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { CheckField } from '../ui/CheckField.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { toast } from '../ui/toast.ts';
import { CheckResult } from './CheckResult.tsx';
import settings from './Settings.module.css';
import styles from './Storage.module.css';

const CheckQuery = graphql(`
  query ConsistencyCheck($id: ID) {
    consistencyCheck(id: $id) { id finishedAt ...CheckResult_check }
  }
`);

const StartCheck = graphql(`
  mutation CheckConsistency($input: CheckConsistencyInput!, $idempotencyKey: String) {
    checkConsistency(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on CheckConsistencySuccess { consistencyCheck { id finishedAt } }
      ... on UserError { message }
    }
  }
`);

const LOOK_EVERY_MS = 1_000;

/** Whether database, queue and volume agree: what the newest check found, and a new one. */
export function ConsistencyCheck() {
  const [ordered, setOrdered] = createSignal<string | null>(null);
  const [withContent, setWithContent] = createSignal(false);
  const query = createPageQuery(CheckQuery, () => ({ id: null }));
  const own = createPageQuery(
    CheckQuery,
    () => ({ id: ordered() }),
    () => ordered() === null,
  );
  const action = createAction(StartCheck);

  // Nothing tells when a check has ended, so it is asked for as long as one is awaited.
  const timer = setInterval(() => {
    if (ordered() !== null) own.refresh();
  }, LOOK_EVERY_MS);
  onCleanup(() => clearInterval(timer));
  createEffect(
    on(
      () => own.data()?.consistencyCheck?.finishedAt,
      (finishedAt) => {
        if (finishedAt == null || own.data()?.consistencyCheck?.id !== ordered()) return;
        setOrdered(null);
        query.refresh();
        announce('The check has ended.');
      },
    ),
  );

  const start = async () => {
    const result = (await action.run({ input: { hashes: withContent() } }))?.checkConsistency;
    if (result === undefined) return;
    if ('message' in result) toast({ kind: 'bad', title: 'No check was started', message: result.message });
    else {
      setOrdered(result.consistencyCheck.id);
      announce('The check is in line.');
    }
  };

  return (
    <Card title="Consistency" class={settings.spaced ?? ''}>
      <p class={settings.facts}>
        Looks whether the database, the queue and the files agree, and changes nothing. One is made every
        night.
      </p>
      <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
        {(data) => (
          <Show
            when={data().consistencyCheck}
            fallback={<p class={settings.facts}>There has been no check yet.</p>}
          >
            {(check) => <CheckResult check={check()} />}
          </Show>
        )}
      </Loaded>
      <div class={styles.checkActions}>
        <CheckField
          label="Read every file to its end"
          help="Compares the content too. With many gigabytes that takes long."
          checked={withContent()}
          onChange={setWithContent}
        />
        <Button icon={ShieldCheck} pending={action.pending() || ordered() !== null} onClick={start}>
          {ordered() === null ? 'Check now' : 'Checking…'}
        </Button>
      </div>
      <Show when={ordered() !== null}>
        <p class={settings.facts}>
          A worker does it as soon as it is free for that. You can leave this page.
        </p>
      </Show>
    </Card>
  );
}
