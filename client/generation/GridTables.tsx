import { For, type JSX, Show } from 'solid-js';
import styles from './GridTables.module.css';
import { type GridAxes, tablesOf } from './grid-table.ts';

/** The images of a grid under the headings of its axes. A wide one scrolls inside itself. */
export function GridTables(props: {
  grid: GridAxes;
  /** Width through height of an image. */
  ratio: number;
  label: string;
  children: (index: number) => JSX.Element;
}) {
  return (
    <div class={styles.tables} style={{ '--ratio': props.ratio }}>
      <For each={tablesOf(props.grid)}>
        {(table) => (
          <div class={styles.section}>
            <Show when={table.title}>
              <h3 class={styles.title}>{table.title}</h3>
            </Show>
            <section class={styles.scroll} tabindex="0" aria-label={`Grid: ${table.title || props.label}`}>
              <table class={styles.table}>
                <thead>
                  <tr>
                    <Show when={table.rows.length > 1 || table.rows[0]?.label}>
                      <td />
                    </Show>
                    <For each={table.columns}>
                      {(column) => (
                        <th scope="col" class={styles.column}>
                          <span class={styles.words}>{column}</span>
                        </th>
                      )}
                    </For>
                  </tr>
                </thead>
                <tbody>
                  <For each={table.rows}>
                    {(row) => (
                      <tr>
                        <Show when={row.label}>
                          <th scope="row" class={styles.row}>
                            <span class={styles.words}>{row.label}</span>
                          </th>
                        </Show>
                        <For each={row.indexes}>
                          {(index) => <td class={styles.cell}>{props.children(index)}</td>}
                        </For>
                      </tr>
                    )}
                  </For>
                </tbody>
              </table>
            </section>
          </div>
        )}
      </For>
    </div>
  );
}
