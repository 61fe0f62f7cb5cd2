import 'uplot/dist/uPlot.min.css';
import { createEffect, createSignal, on, onCleanup, onMount, Show } from 'solid-js';
import type uPlot from 'uplot';
import styles from './LineChart.module.css';

type Line = { label: string; weight: 'thin' | 'bold' };

/** uPlot reads `navigator.language` as it loads, and a Chromium started with LANG=C says "en-US@posix", which Intl refuses. */
function mendLanguage(): void {
  try {
    new Intl.NumberFormat(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en-US' });
  }
}

/** Lines over one axis. Drag to zoom, double click to see all; what the pointer is at stands above. */
export function LineChart(props: {
  label: string;
  xLabel: string;
  lines: readonly Line[];
  data: readonly number[][];
  ticks: readonly number[];
  log: boolean;
  format: (value: number) => string;
  /** Of the numbers beside the axis; three digits when left out. */
  axisFormat?: (value: number) => string;
  /** Pixels; 260 when left out. */
  height?: number;
  /** The least that the upper axis shows: 1 for a share. */
  atLeast?: number;
  /** More about the point under the pointer. */
  note?: (index: number) => string;
}) {
  let box: HTMLDivElement | undefined;
  let chart: uPlot | undefined;
  const height = () => props.height ?? 260;
  let Plot: typeof uPlot | undefined;
  const [isBroken, setIsBroken] = createSignal(false);
  const [readout, setReadout] = createSignal('');

  const describe = (index: number | null | undefined) => {
    const at = index ?? (props.data[0]?.length ?? 0) - 1;
    const x = props.data[0]?.[at];
    if (x === undefined) return setReadout('');
    const values = props.lines.map(
      (line, line_) => `${line.label} ${props.format(props.data[line_ + 1]?.[at] ?? 0)}`,
    );
    setReadout(
      [`${props.xLabel} ${x}`, ...values, props.note?.(at) ?? ''].filter((part) => part !== '').join(' · '),
    );
  };

  const axisText = (value: number) =>
    props.axisFormat === undefined ? String(+value.toPrecision(3)) : props.axisFormat(value);
  const yScale = (): uPlot.Scale => {
    const { atLeast } = props;
    if (atLeast !== undefined) return { range: (_, __, most) => [0, Math.max(atLeast, most)] };
    return props.log ? { distr: 3 } : {};
  };

  const draw = () => {
    if (box === undefined || Plot === undefined) return;
    const css = getComputedStyle(box);
    const color = (name: string) => css.getPropertyValue(name).trim();
    const font = `11px ${css.fontFamily}`;
    const axis: uPlot.Axis = {
      stroke: color('--muted'),
      grid: { stroke: color('--hairline'), width: 1 },
      ticks: { show: false },
      font,
    };
    chart?.destroy();
    chart = new Plot(
      {
        width: box.clientWidth,
        height: height(),
        legend: { show: false },
        cursor: { y: false, points: { size: 6 } },
        scales: { x: { time: false }, y: yScale() },
        axes: [
          { ...axis, size: 30 },
          {
            ...axis,
            size: 56,
            values: (_, values) => values.map((value) => (value === null ? '' : axisText(value))),
          },
        ],
        series: [
          {},
          ...props.lines.map((line) => ({
            label: line.label,
            stroke: line.weight === 'bold' ? color('--accent') : color('--outline'),
            width: line.weight === 'bold' ? 2 : 1,
            points: { show: false },
          })),
        ],
        hooks: {
          setCursor: [(plot) => describe(plot.cursor.idx)],
          draw: [
            (plot) => {
              const { ctx, bbox } = plot;
              ctx.save();
              ctx.strokeStyle = color('--info');
              ctx.lineWidth = devicePixelRatio * 2;
              for (const tick of props.ticks) {
                const x = Math.round(plot.valToPos(tick, 'x', true));
                if (x < bbox.left || x > bbox.left + bbox.width) continue;
                ctx.beginPath();
                ctx.moveTo(x, bbox.top + bbox.height - 8 * devicePixelRatio);
                ctx.lineTo(x, bbox.top + bbox.height);
                ctx.stroke();
              }
              ctx.restore();
            },
          ],
        },
      },
      props.data as uPlot.AlignedData,
      box,
    );
    describe(null);
  };

  onMount(() => {
    mendLanguage();
    import('uplot')
      .then((module) => {
        Plot = module.default;
        draw();
      })
      .catch(() => setIsBroken(true));
    const resized = new ResizeObserver(() => {
      if (box !== undefined && chart !== undefined)
        chart.setSize({ width: box.clientWidth, height: height() });
    });
    if (box !== undefined) resized.observe(box);
    window.addEventListener('themechange', draw);
    onCleanup(() => {
      resized.disconnect();
      window.removeEventListener('themechange', draw);
      chart?.destroy();
    });
  });
  createEffect(on(() => props.log, draw, { defer: true }));
  createEffect(
    on(
      () => props.ticks,
      () => chart?.redraw(false),
      { defer: true },
    ),
  );
  createEffect(
    on(
      () => props.data,
      (data) => {
        if (chart === undefined) return;
        // Who zoomed in keeps the view while the curve grows.
        const { min, max } = chart.scales.x ?? {};
        const known = chart.data[0];
        const isZoomed = min != null && max != null && (min > (known[0] ?? 0) || max < (known.at(-1) ?? 0));
        chart.setData(data as uPlot.AlignedData, !isZoomed);
        if (isZoomed) chart.redraw();
        if (chart.cursor.idx == null) describe(null);
      },
      { defer: true },
    ),
  );

  return (
    <figure class={styles.figure}>
      <figcaption class={`${styles.readout} numbers`} aria-hidden="true">
        {readout()}
      </figcaption>
      <Show when={isBroken()}>
        <p class="muted small">This browser cannot draw the chart; it is there as numbers.</p>
      </Show>
      <div
        ref={box}
        class={styles.box}
        style={{ height: `${height()}px` }}
        role="img"
        aria-label={props.label}
      />
    </figure>
  );
}
