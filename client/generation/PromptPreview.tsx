import Dices from 'lucide-solid/icons/dices';
import { createEffect, createMemo, createSignal, For, on, onCleanup, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createPageQuery } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import styles from './PromptPreview.module.css';

const ExpandedPrompts = graphql(`
  query ExpandedPrompts($prompt: String!, $seed: Seed!, $loraIds: [ID!]) {
    expandedPrompts(prompt: $prompt, seed: $seed, count: 3, loraIds: $loraIds) {
      __typename
      ... on ExpandedPromptsSuccess { images { prompt } }
      ... on UserError { message }
    }
  }
`);

const TYPING_MS = 400;
const anySeed = () => Math.floor(Math.random() * 2 ** 32);

/** What a prompt with wildcards becomes, for the locked seed or for one that happens to be. */
export function PromptPreview(props: { prompt: string; seed: number | null; loraIds: readonly string[] }) {
  const [example, setExample] = createSignal(anySeed());
  const wanted = createMemo(() => ({
    prompt: props.prompt.trim(),
    seed: Math.min(props.seed ?? example(), Number.MAX_SAFE_INTEGER - 2),
    loraIds: [...props.loraIds],
  }));
  // It is asked when the typing rests, not at each key.
  const [asked, setAsked] = createSignal(wanted());
  createEffect(
    on(wanted, (now) => {
      const timer = setTimeout(() => setAsked(now), TYPING_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );
  const query = createPageQuery(ExpandedPrompts, asked, () => asked().prompt === '');
  const result = () => query.data()?.expandedPrompts;
  const texts = () => {
    const found = result();
    const prompts = found !== undefined && 'images' in found ? found.images.map((image) => image.prompt) : [];
    return [...new Set(prompts)];
  };
  const message = () => {
    const found = result();
    return found !== undefined && 'message' in found ? found.message : null;
  };

  return (
    <section class={styles.preview} aria-label="What the prompt becomes">
      <div class={styles.head}>
        <h2 class={styles.title}>Becomes, for example</h2>
        <Show when={props.seed === null}>
          <Button
            kind="quiet"
            size="small"
            icon={Dices}
            label="Other examples"
            onClick={() => setExample(anySeed())}
          />
        </Show>
      </div>
      <Show when={message() === null} fallback={<p class={styles.bad}>{message()}</p>}>
        <ul class={styles.list}>
          <For each={texts()}>{(text) => <li>{text}</li>}</For>
        </ul>
      </Show>
    </section>
  );
}
