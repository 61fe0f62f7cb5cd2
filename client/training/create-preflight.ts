import { useClient } from '@urql/solid';
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
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
/** What stands in the way may go by itself, or be mended elsewhere: a full disk, a GPU that is away. */
const AGAIN_MS = 10_000;

/**
 * What is known of the training in the form, after each change of it, and again while that forbids it; undefined until the first answer, and while the server cannot
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

  const askAgain = () => {
    const given = input();
    if (given !== null && document.visibilityState === 'visible') void ask(given);
  };
  const isHopeless = createMemo(
    () => found()?.findings.some(({ severity }) => severity === 'ERROR') ?? false,
  );
  createEffect(() => {
    if (!isHopeless()) return;
    const timer = setInterval(askAgain, AGAIN_MS);
    onCleanup(() => clearInterval(timer));
  });
  document.addEventListener('visibilitychange', askAgain);
  onCleanup(() => document.removeEventListener('visibilitychange', askAgain));
  return found;
}
