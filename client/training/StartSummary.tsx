import Flame from 'lucide-solid/icons/flame';
import { For, Show } from 'solid-js';
import { can, user } from '../access/access.ts';
import { whyForbidden } from '../access/words.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import type { Texts } from '../parameters/parameter.ts';
import { Button, LinkButton } from '../ui/Button.tsx';
import { formatEta, plural } from '../ui/format.ts';
import { Picture } from '../ui/ImageTile.tsx';
import { photoAdvice } from './config-form.ts';
import styles from './StartSummary.module.css';

const Character = graphql(`
  fragment StartSummary_character on Character {
    id
    name
    imageCount
    lastTraining { id stepsPerSecond step elapsedSeconds }
    images(first: 6) { edges { node { id thumbHash thumbnailUrl } } }
  }
`);

/** What goes in, what it will take, what stands in the way, and the button. */
export function StartSummary(props: {
  character: FragmentType<typeof Character>;
  engine: string;
  health: { isHealthy: boolean; message: string };
  texts: Texts;
  changed: number;
  problems: readonly string[];
  refusal: string | null;
  pending: boolean;
  onStart: () => void;
}) {
  const character = () => useFragment(Character, props.character);
  const advice = () => photoAdvice(character().imageCount);
  const steps = () => Number(props.texts.steps ?? 0);
  const every = (name: string) => Math.max(1, Number(props.texts[name] ?? 1));
  const samples = () => Math.floor(steps() / every('sampleEvery'));
  // The character's last training is the only honest measure of this machine; without one nothing is promised.
  const forecast = () => {
    const last = character().lastTraining;
    const speed =
      last?.elapsedSeconds != null && last.elapsedSeconds > 0 ? last.step / last.elapsedSeconds : null;
    if (speed === null || speed === 0 || !(steps() > 0)) return null;
    const seconds = steps() / speed;
    return formatEta({ seconds, lowSeconds: seconds * 0.8, highSeconds: seconds * 1.3 }).replace(' left', '');
  };
  return (
    <aside class={styles.summary} aria-label="Summary">
      <div class={styles.photos}>
        <For each={character().images.edges}>
          {(edge) => (
            <span class={styles.photo}>
              <Picture src={edge.node.thumbnailUrl} thumbHash={edge.node.thumbHash} alt="" />
            </span>
          )}
        </For>
      </div>
      <div>
        <p class={styles.big}>{plural(character().imageCount, 'photo')}</p>
        <p class={styles.advice} data-tone={advice().tone}>
          {advice().words}
        </p>
      </div>
      <dl class={`${styles.facts} numbers`}>
        <dt>Engine</dt>
        <dd>{props.engine}</dd>
        <dt>Samples on the way</dt>
        <dd>{Number.isFinite(samples()) ? `${samples()} rounds` : '–'}</dd>
        <dt>Changed from the preset</dt>
        <dd>{props.changed === 0 ? 'nothing' : plural(props.changed, 'setting')}</dd>
        <Show when={forecast()}>
          {(time) => (
            <>
              <dt>Takes about</dt>
              <dd title="From the speed of this character's last training">{time()}</dd>
            </>
          )}
        </Show>
      </dl>
      <Show when={!props.health.isHealthy}>
        <p class={styles.advice} data-tone="warn">
          {props.engine} is not ready: {props.health.message} The training waits in the queue until it is.
        </p>
      </Show>
      <Show when={props.problems.length > 0}>
        <p class={styles.advice} data-tone="bad" role="status">
          To mend first: {props.problems.join(', ')}.
        </p>
      </Show>
      <Show when={props.refusal}>
        <p class={styles.advice} data-tone="bad" role="alert">
          {props.refusal}
        </p>
      </Show>
      <Show when={!can('WRITE_JOBS')}>
        <p class={styles.advice} data-tone="warn">
          {whyForbidden(['write:jobs'], user()?.role)}
        </p>
      </Show>
      <Show
        when={character().imageCount > 0}
        fallback={<LinkButton href={`/characters/${character().id}`}>Add photos</LinkButton>}
      >
        <Button
          kind="primary"
          icon={Flame}
          pending={props.pending}
          disabled={props.problems.length > 0 || !can('WRITE_JOBS')}
          onClick={() => props.onStart()}
        >
          Start training
        </Button>
      </Show>
    </aside>
  );
}
