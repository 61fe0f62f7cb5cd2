import Grid2x2 from 'lucide-solid/icons/grid-2x2';
import Heart from 'lucide-solid/icons/heart';
import LayoutDashboard from 'lucide-solid/icons/layout-dashboard';
import X from 'lucide-solid/icons/x';
import { For, type JSX, onCleanup, Show } from 'solid-js';
import { createPageQuery } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { SizeChoice } from '../ui/SizeChoice.tsx';
import styles from './FilterBar.module.css';
import { type GalleryFilter, isFiltered } from './filter.ts';
import { GalleryChoices } from './queries.ts';
import { view } from './view.ts';

const SEARCH_AFTER_MS = 300;

type Choice = { id: string; name: string };

/** What is shown, one chip each; the address has the same. */
export function FilterBar(props: {
  filter: GalleryFilter;
  /** Where one can go to, for screens that have no room for the scrubber. */
  children?: JSX.Element;
  onChange: (change: Partial<Record<keyof GalleryFilter, string | null>>) => void;
}) {
  const choices = createPageQuery(GalleryChoices, () => ({}));
  const characters = () => choices.data()?.characters.edges.map(({ node }) => node) ?? [];
  const loras = () => choices.data()?.loras.edges.map(({ node }) => node) ?? [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const search = (text: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => props.onChange({ search: text.trim() || null }), SEARCH_AFTER_MS);
  };
  const clear = () =>
    props.onChange({
      ...{ character: null, lora: null, generation: null, favourite: null },
      ...{ from: null, to: null, search: null },
    });

  return (
    <search class={styles.bar} aria-label="Which images are shown">
      <button
        type="button"
        class={styles.chip}
        aria-pressed={props.filter.favourite !== undefined}
        data-on={props.filter.favourite !== undefined}
        onClick={() => props.onChange({ favourite: props.filter.favourite === undefined ? '1' : null })}
      >
        <Heart size={16} aria-hidden="true" />
        Favourites
      </button>
      <Choose
        label="Character"
        any="Any character"
        value={props.filter.character}
        choices={characters()}
        onChange={(character) => props.onChange({ character })}
      />
      <Choose
        label="LoRA"
        any="Any LoRA"
        value={props.filter.lora}
        choices={loras()}
        onChange={(lora) => props.onChange({ lora })}
      />
      <span class={styles.dates}>
        <span aria-hidden="true">From</span>
        <Day label="From" value={props.filter.from} onChange={(from) => props.onChange({ from })} />
        <span aria-hidden="true">to</span>
        <Day label="To" value={props.filter.to} onChange={(to) => props.onChange({ to })} />
      </span>
      <input
        type="search"
        class={styles.search}
        aria-label="Words in the prompt"
        placeholder="Words in the prompt"
        data-on={props.filter.search !== undefined}
        value={props.filter.search ?? ''}
        onInput={(event) => search(event.currentTarget.value)}
      />
      <Show when={props.filter.generation}>
        <button
          type="button"
          class={styles.chip}
          data-on="true"
          onClick={() => props.onChange({ generation: null })}
        >
          One batch
          <X size={16} aria-hidden="true" />
          <span class="srOnly">, show all again</span>
        </button>
      </Show>
      <Show when={isFiltered({ ...props.filter, trash: undefined })}>
        <Button kind="quiet" size="small" icon={X} onClick={clear}>
          Clear
        </Button>
      </Show>
      {props.children}
      <span class={styles.end}>
        <Button
          kind="quiet"
          size="small"
          icon={view.isSquare() ? LayoutDashboard : Grid2x2}
          label={view.isSquare() ? 'Show in their own shape' : 'Show as squares'}
          onClick={() => view.setIsSquare(!view.isSquare())}
        />
        <SizeChoice value={view.size()} onChange={view.setSize} />
      </span>
    </search>
  );
}

function Choose(props: {
  label: string;
  any: string;
  value: string | undefined;
  choices: readonly Choice[];
  onChange: (id: string | null) => void;
}) {
  const isListed = () => props.value === undefined || props.choices.some(({ id }) => id === props.value);
  return (
    <select
      class={styles.chip}
      aria-label={props.label}
      data-on={props.value !== undefined}
      onChange={(event) => props.onChange(event.currentTarget.value || null)}
    >
      <option value="" selected={props.value === undefined}>
        {props.any}
      </option>
      <Show when={!isListed()}>
        <option value={props.value} selected>
          One {props.label}
        </option>
      </Show>
      <For each={props.choices}>
        {(choice) => (
          <option value={choice.id} selected={choice.id === props.value}>
            {choice.name}
          </option>
        )}
      </For>
    </select>
  );
}

/** The scrubber of a phone. */
export function MonthChoice(props: {
  months: readonly { month: string; name: string }[];
  value: string | undefined;
  onGo: (month: string) => void;
}) {
  return (
    <span class={styles.months}>
      <select
        class={styles.chip}
        aria-label="Go to a month"
        onChange={(event) => props.onGo(event.currentTarget.value)}
      >
        <For each={props.months}>
          {({ month, name }) => (
            <option value={month} selected={month === props.value}>
              {name}
            </option>
          )}
        </For>
      </select>
    </span>
  );
}

function Day(props: { label: string; value: string | undefined; onChange: (day: string | null) => void }) {
  return (
    <input
      type="date"
      class={styles.day}
      aria-label={props.label}
      title={props.label}
      data-on={props.value !== undefined}
      value={props.value ?? ''}
      onChange={(event) => props.onChange(event.currentTarget.value || null)}
    />
  );
}
