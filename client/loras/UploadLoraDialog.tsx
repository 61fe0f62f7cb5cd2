import { useClient } from '@urql/solid';
import { createEffect, createSignal, onCleanup, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createPageQuery, createPages } from '../graphql/query.ts';
import { announce } from '../ui/announce.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SelectField, TextField } from '../ui/Field.tsx';
import { FileField } from '../ui/FileField.tsx';
import { FormProblem } from '../ui/FormProblem.tsx';
import { formatBytes } from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';
import { toast } from '../ui/toast.ts';
import { whyNoLora } from './lora-file.ts';
import { sendLora } from './send-lora.ts';
import styles from './UploadLoraDialog.module.css';

const ChoicesQuery = graphql(`
  query UploadLoraChoices {
    capabilities { generation { baseModels { id label } } }
  }
`);

const CharactersQuery = graphql(`
  query UploadLoraCharacters($after: String) {
    characters(first: 100, after: $after, sort: NAME) {
      edges { node { id name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** It was moved or deleted since, or its disk is gone. */
const UNREADABLE = 'The file cannot be read.';

/** Brings a LoRA that was trained elsewhere: for `character`, or for whom one chooses, or for nobody. */
export function UploadLoraDialog(props: {
  open: boolean;
  character?: { id: string; name: string } | undefined;
  onClose: () => void;
}) {
  const [isSending, setSending] = createSignal(false);
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      isHeld={isSending()}
      title={props.character === undefined ? 'Upload a LoRA' : `Upload a LoRA of ${props.character.name}`}
    >
      <UploadForm character={props.character} onSending={setSending} onClose={props.onClose} />
    </Dialog>
  );
}

function UploadForm(props: {
  character: { id: string; name: string } | undefined;
  onSending: (isSending: boolean) => void;
  onClose: () => void;
}) {
  const client = useClient();
  const choices = createPageQuery(ChoicesQuery, () => ({}));
  const characters = createPages({
    query: CharactersQuery,
    variables: (after) => ({ after }),
    connection: (data) => data.characters,
  });
  // All of them are to be chosen from.
  createEffect(() => characters.hasMore() && characters.more());
  const [file, setFile] = createSignal<File>();
  const [name, setName] = createSignal('');
  const [characterId, setCharacterId] = createSignal(props.character?.id ?? '');
  const [baseModel, setBaseModel] = createSignal('');
  const [problems, setProblems] = createSignal<Record<string, string>>({});
  /** 0 to 1 while it is sent. */
  const [sent, setSent] = createSignal<number>();
  let sending: AbortController | undefined;
  let wish = { text: '', key: '' };

  const stop = () => {
    sending?.abort();
    sending = undefined;
    setSent(undefined);
    props.onSending(false);
  };
  onCleanup(stop);

  const choose = async (chosen: File | undefined) => {
    setFile(() => chosen);
    const why = chosen === undefined ? null : await whyNoLora(chosen).catch(() => UNREADABLE);
    if (file() === chosen) setProblems(why === null ? {} : { file: why });
  };

  /** Who presses again because no answer came, means the same thing still. */
  const keyOf = (input: object, { size, lastModified }: File) => {
    const text = JSON.stringify([input, size, lastModified]);
    if (wish.text !== text) wish = { text, key: crypto.randomUUID() };
    return wish.key;
  };

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const chosen = file();
    if (chosen === undefined || sent() !== undefined) return;
    const texts = {
      name: name().trim() || null,
      characterId: characterId() || null,
      baseModel: baseModel() || null,
    };
    const own = new AbortController();
    sending = own;
    setProblems({});
    setSent(0);
    props.onSending(true);
    const result = await sendLora(client, {
      input: { file: chosen, ...texts },
      idempotencyKey: keyOf({ ...texts, file: chosen.name }, chosen),
      onSent: (fraction) => sending === own && setSent(fraction),
      signal: own.signal,
    });
    stop();
    if (result.kind === 'failed') return setProblems({ input: result.message });
    wish = { text: '', key: '' };
    if (result.kind === 'refused') return setProblems(result.problems);
    announce(`${result.name} is uploaded.`);
    toast({ kind: 'good', title: `${result.name} is here`, message: 'It can be used in generations.' });
    props.onClose();
  };

  const models = () => choices.data()?.capabilities.generation.baseModels ?? [];
  return (
    <form class={styles.form} onSubmit={send} novalidate>
      <FileField
        label="File"
        help="A .safetensors file, at most 2 GB. Choose one, or drop it here."
        accept=".safetensors"
        disabled={sent() !== undefined}
        error={problems().file}
        onChoose={choose}
      />
      <TextField
        label="Name"
        note="optional"
        value={name()}
        maxLength={100}
        autocomplete="off"
        disabled={sent() !== undefined}
        help="Left empty, it is called as its file says."
        error={problems().name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Show when={props.character === undefined}>
        <SelectField
          label="Character"
          help="Whom it knows. A style or a thing belongs to no character."
          value={characterId()}
          disabled={sent() !== undefined}
          options={[
            { value: '', label: 'No character' },
            ...characters.nodes().map((character) => ({ value: character.id, label: character.name })),
          ]}
          onChange={setCharacterId}
        />
      </Show>
      <SelectField
        label="Base model"
        help="It is read from the file; say it only when that does not work."
        error={problems().baseModel}
        value={baseModel()}
        disabled={sent() !== undefined}
        options={[
          { value: '', label: 'As the file says' },
          ...models().map((model) => ({ value: model.id, label: model.label })),
        ]}
        onChange={setBaseModel}
      />
      <FormProblem message={problems().input ?? problems().characterId} />
      <Show when={sent() !== undefined}>
        <div class={styles.progress}>
          <Progress value={sent() ?? 0} max={1} label="Upload" />
          <p class="muted small numbers">{wordsOf(sent() ?? 0, file()?.size ?? 0)}</p>
        </div>
      </Show>
      <div class={styles.actions}>
        {/* One button, so that the focus stays on it. */}
        <Button onClick={() => (sent() === undefined ? props.onClose() : stop())}>
          {sent() === undefined ? 'Cancel' : 'Cancel the upload'}
        </Button>
        <Button
          kind="primary"
          type="submit"
          pending={sent() !== undefined}
          disabled={file() === undefined || problems().file !== undefined}
        >
          Upload LoRA
        </Button>
      </div>
    </form>
  );
}

const wordsOf = (sent: number, bytes: number) =>
  sent < 1
    ? `${formatBytes(sent * bytes)} of ${formatBytes(bytes)} sent, ${Math.floor(sent * 100)} %`
    : 'All of it is sent. The server looks at it…';
