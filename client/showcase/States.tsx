import Layers from 'lucide-solid/icons/layers';
import { For } from 'solid-js';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState, Forbidden, NotFound } from '../ui/ErrorState.tsx';
import { Progress, Ring } from '../ui/Progress.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { StateBadge } from '../ui/StateBadge.tsx';
import styles from './Showcase.module.css';

const JOB_STATES = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
const TONES = ['accent', 'good', 'bad', 'muted'] as const;

export function States() {
  return (
    <>
      <Card title="Progress and states">
        <div class={styles.row}>
          <For each={JOB_STATES}>{(state) => <StateBadge state={state} />}</For>
          <Ring fraction={0} />
          <Ring fraction={0.62} />
          <Ring fraction={1} />
        </div>
        <For each={TONES}>
          {(tone, index) => <Progress value={25 * (index() + 1)} max={100} label={tone} tone={tone} />}
        </For>
      </Card>
      <Card title="Loading">
        <div class={styles.stack}>
          <PageSkeleton kind="lines" />
          <PageSkeleton kind="grid" />
        </div>
      </Card>
      <Card title="Empty, failed, not allowed, not there">
        <EmptyState icon={Layers} title="No LoRA yet" actions={<Button>Upload LoRA</Button>}>
          Each finished training leaves a LoRA here.
        </EmptyState>
        <ErrorState
          message="The server cannot be reached. Check that it runs, then try again."
          correlationId="0199f3c2-6d3e-7d5a-9d52-3c6a8e1f0b77"
          onRetry={() => undefined}
        />
        <Forbidden message="Only owners see who may use the studio." />
        <NotFound what="character" href="/ui" back="To all characters" />
      </Card>
    </>
  );
}
