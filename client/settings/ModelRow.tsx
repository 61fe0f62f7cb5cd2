import { Match, Show, Switch } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { formatBytes } from '../ui/format.ts';
import { StateBadge } from '../ui/StateBadge.tsx';
import { DownloadProgress } from './DownloadProgress.tsx';
import { GetModel } from './GetModel.tsx';
import styles from './Models.module.css';
import settings from './Settings.module.css';

const Model = graphql(`
  fragment ModelRow_model on Model {
    id
    label
    description
    file
    isInstalled
    problem
    bytes
    repository
    isGated
    licence { name url commercialUse }
    canDownload
    unsupported
    download { id state error { message advice } ...DownloadProgress_download }
  }
`);

export function ModelRow(props: {
  model: FragmentType<typeof Model>;
  /** Whether it says why it cannot be had; else that stands above all. */
  withReason: boolean;
}) {
  const model = () => useFragment(Model, props.model);
  const open = () => {
    const download = model().download;
    return download?.state === 'QUEUED' || download?.state === 'RUNNING' ? download : undefined;
  };
  const failure = () => (model().isInstalled ? undefined : (model().download?.error ?? undefined));
  return (
    <li class={`${settings.row} ${styles.model}`} data-stack="true">
      <div class={settings.what}>
        <p class={settings.name}>
          <strong>{model().label}</strong>
          <Show when={model().bytes}>
            {(bytes) => <span class={`${settings.tag} numbers`}>{formatBytes(bytes())}</span>}
          </Show>
          <Show when={model().isGated}>
            <span
              class={settings.tag}
              data-tone="warn"
              title="Hugging Face gives it only to accounts that have accepted its licence: the worker needs HF_TOKEN."
            >
              Needs a Hugging Face token
            </span>
          </Show>
        </p>
        <p class={settings.facts}>{model().description}</p>
        <p class={styles.licence}>
          <a href={model().licence.url} target="_blank" rel="noopener noreferrer">
            {model().licence.name}
            <span class="srOnly"> (opens in a new tab)</span>
          </a>
          . {model().licence.commercialUse}
        </p>
        <p class={`${styles.file} mono`}>{model().file}</p>
        <Show when={model().problem}>{(problem) => <p class={styles.bad}>{problem()}</p>}</Show>
        <Show when={!open() && failure()}>
          {(error) => (
            <p class={styles.bad}>
              {error().message} <span class="muted">{error().advice}</span>
            </p>
          )}
        </Show>
        <Show
          when={
            props.withReason && !model().problem && !model().isInstalled && !open() && model().unsupported
          }
        >
          {(reason) => <p class={styles.licence}>{reason()}</p>}
        </Show>
      </div>
      <div class={styles.state}>
        <Switch fallback={<span class="muted">Missing</span>}>
          <Match when={open()}>
            {(download) => <DownloadProgress download={download()} label={model().label} />}
          </Match>
          <Match when={model().isInstalled && !model().problem}>
            <StateBadge state="COMPLETED" word="Installed" />
          </Match>
          <Match when={can('ADMIN') && model().canDownload}>
            <GetModel
              model={{ id: model().id, label: model().label }}
              failedId={model().download?.state === 'FAILED' ? model().download?.id : undefined}
            />
          </Match>
          <Match when={model().problem}>
            <StateBadge state="FAILED" word="Not usable" />
          </Match>
          <Match when={model().isInstalled == null}>
            <span class="muted">Not known from here</span>
          </Match>
        </Switch>
      </div>
    </li>
  );
}
