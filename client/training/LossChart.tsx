import { createMemo, createSignal, For, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Card } from '../ui/Card.tsx';
import { ChipButton } from '../ui/Chip.tsx';
import { formatCount, formatLoss, formatRate } from '../ui/format.ts';
import { LineChart } from '../ui/LineChart.tsx';
import styles from './LossChart.module.css';
import type { MetricPoint } from './metrics.ts';

const Training = graphql(`
  fragment LossChart_checkpoints on Training {
    id
    checkpoints { id step }
  }
`);

const ROWS = 500;
const LOSS_LINES = [
  { label: 'loss', weight: 'thin' },
  { label: 'smoothed', weight: 'bold' },
] as const;
const RATE_LINES = [{ label: 'learning rate', weight: 'bold' }] as const;

/** Loss by step: raw thin, smoothed bold, checkpoints as ticks. The same as numbers for who cannot see it. */
export function LossChart(props: {
  points: readonly MetricPoint[];
  checkpoints: FragmentType<typeof Training>;
}) {
  const training = () => useFragment(Training, props.checkpoints);
  const [isLog, setIsLog] = createSignal(false);
  const [asNumbers, setAsNumbers] = createSignal(false);
  const [isRate, setIsRate] = createSignal(false);
  const ticks = createMemo(() => training().checkpoints.map((checkpoint) => checkpoint.step));
  const steps = createMemo(() => props.points.map((point) => point.step));
  const losses = createMemo(() => [
    steps(),
    props.points.map((point) => point.loss),
    props.points.map((point) => point.smoothedLoss),
  ]);
  const rates = createMemo(() => [steps(), props.points.map((point) => point.learningRate)]);
  const rateSummary = () => {
    const last = props.points.at(-1);
    const highest = Math.max(...props.points.map((point) => point.learningRate));
    return `Learning rate, ${formatRate(highest)} at most, ${formatRate(last?.learningRate ?? 0)} at step ${last?.step ?? 0}`;
  };
  const summary = () => {
    const first = props.points[0];
    const last = props.points.at(-1);
    if (first === undefined || last === undefined) return 'No steps yet';
    return `Smoothed loss from ${formatLoss(first.smoothedLoss)} at step ${first.step} to ${formatLoss(last.smoothedLoss)} at step ${last.step}`;
  };
  const rows = createMemo(() => {
    const every = Math.max(1, Math.ceil(props.points.length / ROWS));
    return props.points.filter((_, index) => index % every === 0);
  });

  return (
    <Card
      title="Loss"
      aside={
        <>
          <ChipButton pressed={isRate()} onClick={() => setIsRate(!isRate())}>
            learning rate
          </ChipButton>
          <ChipButton pressed={isLog()} onClick={() => setIsLog(!isLog())}>
            log scale
          </ChipButton>
          <ChipButton pressed={asNumbers()} onClick={() => setAsNumbers(!asNumbers())}>
            numbers
          </ChipButton>
        </>
      }
    >
      <Show
        when={props.points.length > 0}
        fallback={<p class={styles.none}>The curve begins with the first step.</p>}
      >
        <Show
          when={!asNumbers()}
          fallback={
            <section class={styles.scroll} tabindex="0" aria-label="Loss as numbers">
              <table class={`${styles.table} numbers`}>
                <thead>
                  <tr>
                    <th>Step</th>
                    <th>Loss</th>
                    <th>Smoothed</th>
                    <th>Learning rate</th>
                  </tr>
                </thead>
                <tbody>
                  <For each={rows()}>
                    {(point) => (
                      <tr>
                        <td>{formatCount(point.step)}</td>
                        <td>{formatLoss(point.loss)}</td>
                        <td>{formatLoss(point.smoothedLoss)}</td>
                        <td>{formatRate(point.learningRate)}</td>
                      </tr>
                    )}
                  </For>
                </tbody>
              </table>
            </section>
          }
        >
          <Show
            when={isRate()}
            fallback={
              <LineChart
                label={summary()}
                data={losses()}
                log={isLog()}
                ticks={ticks()}
                lines={LOSS_LINES}
                xLabel="step"
                format={formatLoss}
                note={(index) => {
                  const point = props.points[index];
                  return point === undefined ? '' : `lr ${formatRate(point.learningRate)}`;
                }}
              />
            }
          >
            <LineChart
              label={rateSummary()}
              data={rates()}
              log={isLog()}
              ticks={ticks()}
              lines={RATE_LINES}
              xLabel="step"
              format={formatRate}
              axisFormat={formatRate}
            />
          </Show>
        </Show>
      </Show>
    </Card>
  );
}
