import BookOpen from 'lucide-solid/icons/book-open';
import ListOrdered from 'lucide-solid/icons/list';
import { createSignal, For, Show } from 'solid-js';
import { Button } from '../ui/Button.tsx';
import { ChipButton } from '../ui/Chip.tsx';
import { TextArea } from '../ui/Field.tsx';
import { type Draft, hasWord, withWord } from './draft.ts';
import { hasGridPrompts, linesOf } from './grid-draft.ts';
import styles from './PromptField.module.css';
import { PromptPreview } from './PromptPreview.tsx';
import { hasSyntax } from './prompt-syntax.ts';
import { TemplatesDialog } from './TemplatesDialog.tsx';
import { WildcardsDialog } from './WildcardsDialog.tsx';

/** The prompt, the words that belong into it, and what it becomes. */
export function PromptField(props: {
  draft: Draft;
  words: readonly string[];
  onPrompt: (prompt: string) => void;
  onTemplate: (template: { prompt: string; negativePrompt: string }) => void;
}) {
  const [open, setOpen] = createSignal<'templates' | 'wildcards' | null>(null);
  // {trigger} is all the words.
  const isIn = (word: string) =>
    hasWord(props.draft.prompt, word) || hasWord(props.draft.prompt, '{trigger}');
  const isSilent = () => props.words.some((word) => !isIn(word));
  const isInGrid = () => hasGridPrompts(props.draft);
  const shown = () => (isInGrid() ? (linesOf(props.draft.grid.prompts)[0] ?? '') : props.draft.prompt);
  const seed = () => {
    const { seed: text, isSeedLocked } = props.draft;
    const value = Number(text);
    return isSeedLocked && text.trim() !== '' && Number.isSafeInteger(value) && value >= 0 ? value : null;
  };

  return (
    <div class={styles.prompt}>
      <TextArea
        label="Prompt"
        rows={4}
        maxLength={2000}
        placeholder="ember fox, portrait in a pine forest, morning light"
        help={
          isInGrid()
            ? 'The grid has prompts of its own, which are drawn instead.'
            : '{red|blue} picks one, __list__ draws from a list.'
        }
        value={props.draft.prompt}
        onInput={(event) => props.onPrompt(event.currentTarget.value)}
      />
      <div class={styles.tools}>
        <Button kind="quiet" size="small" icon={BookOpen} onClick={() => setOpen('templates')}>
          Templates
        </Button>
        <Button kind="quiet" size="small" icon={ListOrdered} onClick={() => setOpen('wildcards')}>
          Wildcards
        </Button>
      </div>
      <Show when={props.words.length > 0}>
        <div class={styles.chips}>
          <For each={props.words}>
            {(word) => (
              <ChipButton
                label={`Put the trigger word ${word} into the prompt`}
                pressed={isIn(word)}
                onClick={() => props.onPrompt(withWord(props.draft.prompt, word))}
              >
                {word}
              </ChipButton>
            )}
          </For>
          <Show when={isSilent()}>
            <span class={styles.hint}>Without its trigger word a LoRA may stay silent.</span>
          </Show>
        </div>
      </Show>
      <Show when={hasSyntax(shown())}>
        <PromptPreview
          prompt={shown()}
          seed={seed()}
          loraIds={props.draft.loras.map(({ loraId }) => loraId)}
        />
      </Show>
      <TemplatesDialog
        open={open() === 'templates'}
        prompt={props.draft.prompt}
        negativePrompt={props.draft.negativePrompt}
        onClose={() => setOpen(null)}
        onChoose={(template) => {
          setOpen(null);
          props.onTemplate(template);
        }}
      />
      <WildcardsDialog open={open() === 'wildcards'} onClose={() => setOpen(null)} />
    </div>
  );
}
