export type Cell = { step: number; promptIndex: number };
type Sample = Cell & { prompt: string };
type Matrix<S extends Sample> = {
  steps: number[];
  rows: { promptIndex: number; prompt: string; byStep: ReadonlyMap<number, S> }[];
};

/** Samples laid out: prompts down, steps across, both in order whatever order they came in. */
export function matrixOf<S extends Sample>(samples: readonly S[]): Matrix<S> {
  const steps = [...new Set(samples.map((sample) => sample.step))].sort((a, b) => a - b);
  const byPrompt = [...Map.groupBy(samples, (sample) => sample.promptIndex)].sort(([a], [b]) => a - b);
  const rows = byPrompt.map(([promptIndex, group]) => ({
    promptIndex,
    prompt: group[0]?.prompt ?? '',
    byStep: new Map(group.map((sample) => [sample.step, sample])),
  }));
  return { steps, rows };
}

/** The next picture in that direction; over holes to the one behind, and at the edge the same. */
export function walk<S extends Sample>(
  matrix: Matrix<S>,
  from: Cell,
  direction: 'left' | 'right' | 'up' | 'down',
): Cell {
  const way = direction === 'right' || direction === 'down' ? 1 : -1;
  const isSideways = direction === 'left' || direction === 'right';
  let column = matrix.steps.indexOf(from.step);
  let row = matrix.rows.findIndex((candidate) => candidate.promptIndex === from.promptIndex);
  while (true) {
    if (isSideways) column += way;
    else row += way;
    const step = matrix.steps[column];
    const line = matrix.rows[row];
    if (step === undefined || line === undefined) return from;
    if (line.byStep.has(step)) return { step, promptIndex: line.promptIndex };
  }
}
