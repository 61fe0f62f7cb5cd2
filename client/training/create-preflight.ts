import { useClient } from '@urql/solid';
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { StartTrainingInput, TrainingPreflightQuery } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';

const Preflight = graphql(`
  query TrainingPreflight($input: StartTrainingInput!) {
    trainingPreflight(input: $input) {
      findings { severity code message advice }
      diskBytes
      vramBytes
      forecastSeconds
    }
  }
`);

export type Preflight = TrainingPreflightQuery['trainingPreflight'];

/** A form is looked at when its writer pauses. */
const PAUSE_MS = 400;

/**
 * What is known of the training in the form, after each change of it; undefined until the first answer, and while the server cannot
 * be asked. `input` is null while the form itself sees what is wrong.
 */
export function createPreflight(input: Accessor<StartTrainingInput | null>): Accessor<Preflight | undefined> {
  const client = useClient();
  const [found, setFound] = createSignal<Preflight>();
  let asked = 0;

  async function ask(given: StartTrainingInput) {
    const turn = ++asked;
    const { data } = await client
      .query(Preflight, { input: given }, { requestPolicy: 'network-only' })
      .toPromise();
    if (turn === asked) setFound(data?.trainingPreflight);
  }

  createEffect(
    on(
      () => JSON.stringify(input()),
      (text) => {
        const given: StartTrainingInput | null = JSON.parse(text);
        if (given === null) return;
        const timer = setTimeout(() => void ask(given), PAUSE_MS);
        onCleanup(() => clearTimeout(timer));
      },
    ),
  );
  return found;
}
