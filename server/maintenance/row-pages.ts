import { type Column, type SQL, sql } from 'drizzle-orm';

/** A file as its row has it. `bytes` is null where only the content is known. */
export type NamedFile = { key: string; bytes: number | null; sha256: string };

export type RowPage = {
  files: NamedFile[];
  /** Those at these places of `files`, as their rows are now; one whose row is gone is left out. */
  again(places: number[]): Promise<NamedFile[]>;
};

const PAGE = 1000;

const tuple = (parts: SQL[]) => sql`(${sql.join(parts, sql`, `)})`;

/** All rows of a query that names files, page by page, in the order of the columns that tell them apart. */
export async function* rowPages<Row>(options: {
  order: Column[];
  idOf: (row: Row) => (string | number)[];
  fileOf: (row: Row) => NamedFile;
  read: (page: { where: SQL | undefined; orderBy: SQL; limit: number }) => Promise<Row[]>;
}): AsyncGenerator<RowPage> {
  const { order, idOf, fileOf } = options;
  const names = order.map((column) => sql`${column}`);
  const columns = tuple(names);
  const valuesOf = (row: Row) =>
    tuple(order.map((column, i) => sql`${idOf(row)[i]}::${sql.raw(column.getSQLType())}`));
  const read = (where?: SQL) => options.read({ where, orderBy: sql.join(names, sql`, `), limit: PAGE });

  for (let rows = await read(); rows.length > 0; ) {
    const page = rows;
    yield {
      files: page.map(fileOf),
      async again(places) {
        const wanted = places.map((place) => page[place]).filter((row) => row !== undefined);
        return (await read(sql`${columns} in (${sql.join(wanted.map(valuesOf), sql`, `)})`)).map(fileOf);
      },
    };
    const last = page.at(-1);
    rows = last === undefined ? [] : await read(sql`${columns} > ${valuesOf(last)}`);
  }
}
