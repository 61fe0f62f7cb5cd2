import Flame from 'lucide-solid/icons/flame';
import { For, Show } from 'solid-js';
import { can, user } from '../access/access.ts';
import { whyForbidden } from '../access/words.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import type { Texts } from '../parameters/parameter.ts';
import { Button, LinkButton } from '../ui/Button.tsx';
import { formatBytes, formatEta, plural } from '../ui/format.ts';
import { Picture } from '../ui/ImageTile.tsx';
import { photoAdvice } from './config-form.ts';
import type { Preflight } from './create-preflight.ts';
import styles from './StartSummary.module.css';

const Character = graphql(`
  fragment StartSummary_character on Character {
    id
    name
    imageCount
    images(first: 6) { edges { node { id thumbHash thumbnailUrl } } }
  }
`);

const TONE_OF = { ERROR: 'bad', WARNING: 'warn', INFO: 'good' } as const;

/** What goes in, what it will take, what stands in the way, and the button. */
export function StartSummary(props: {
  character: FragmentType<typeof Character>;
  engine: string;
  preflight: Preflight | undefined;
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
  const findings = () =>
    props.preflight?.findings.filter((finding) => !finding.code.endsWith('_IMAGES')) ?? [];
  const isHopeless = () => findings().some((finding) => finding.severity === 'ERROR');
  const forecast = () => {
    const seconds = props.preflight?.forecastSeconds ?? null;
    if (seconds === null) return null;
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
        <Show when={props.preflight?.diskBytes}>
          {(bytes) => (
            <>
              <dt>Writes about</dt>
              <dd>{formatBytes(bytes())}</dd>
            </>
          )}
        </Show>
        <Show when={props.preflight?.vramBytes}>
          {(bytes) => (
            <>
              <dt>GPU memory</dt>
              <dd title="An estimate, on the safe side">about {Math.ceil(bytes() / 2 ** 30)} GB</dd>
            </>
          )}
        </Show>
        <Show when={forecast()}>
          {(time) => (
            <>
              <dt>Takes about</dt>
              <dd title="From the last trainings with this engine, base model and resolution">{time()}</dd>
            </>
          )}
        </Show>
      </dl>
      <ul class={styles.findings} aria-label="Findings" aria-live="polite">
        <For each={findings()}>
          {(finding) => (
            <li class={styles.advice} data-tone={TONE_OF[finding.severity]}>
              {finding.message} {finding.advice}
            </li>
          )}
        </For>
      </ul>
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
          disabled={props.problems.length > 0 || isHopeless() || !can('WRITE_JOBS')}
          onClick={() => props.onStart()}
        >
          Start training
        </Button>
      </Show>
    </aside>
  );
}
