export type GridAxes = {
  prompts?: readonly string[] | null | undefined;
  loras?: readonly { name?: string | null | undefined }[] | null | undefined;
  strengths?: readonly number[] | null | undefined;
  seeds?: readonly number[] | null | undefined;
};

/** `indexes`: of the images from left to right. */
type Row = { label: string; indexes: number[] };
export type GridTable = { title: string; columns: string[]; rows: Row[] };

type Axis = { labels: string[] };

/** In the order in which images count: of the last the place changes fastest. */
function axesOf({ prompts, loras, strengths, seeds }: GridAxes): Axis[] {
  return [
    prompts?.map((prompt) => prompt),
    loras?.map(({ name }) => name ?? 'No LoRA'),
    strengths?.map((strength) => `× ${strength}`),
    seeds?.map((seed) => `seed ${seed}`),
  ].flatMap((labels) => (labels === undefined ? [] : [{ labels }]));
}

/** The two axes that change fastest are the rows and columns of tables; each combination of the others is a table of its own. */
export function tablesOf(grid: GridAxes): GridTable[] {
  const axes = axesOf(grid);
  const columns = axes.at(-1)?.labels ?? [];
  const rows = axes.at(-2)?.labels ?? [''];
  const titles = axes
    .slice(0, -2)
    .reduce<string[][]>(
      (all, { labels }) => all.flatMap((before) => labels.map((label) => [...before, label])),
      [[]],
    );
  return titles.map((words, section) => ({
    title: words.join(' · '),
    columns,
    rows: rows.map((label, row) => ({
      label,
      indexes: columns.map((_, column) => (section * rows.length + row) * columns.length + column),
    })),
  }));
}
