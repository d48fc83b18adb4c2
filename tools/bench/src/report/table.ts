/** Figures of a row by column; NaN where there is none. */
export type Cells = Readonly<Record<string, number>>;

/** One candidate. */
export interface Row {
  readonly name: string;
  readonly cells: Cells;
  /** Why there are no figures. */
  readonly note?: string;
}

/** A figure that a cell should reach. It is printed, never asserted: machines differ. */
export interface Target {
  readonly row: string;
  readonly column: string;
  readonly value: number;
  /** Whether more or less is better. */
  readonly better: 'more' | 'less';
}

/** The result of one benchmark. */
export interface Table {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly targets?: readonly Target[];
  readonly notes?: readonly string[];
}

/** The table as text in columns. */
export function printTable(table: Table): string {
  const lines = [['', ...table.columns], ...table.rows.map((row) => textsOf(table, row))];
  const widths = [0, ...table.columns].map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const rows = lines.map((line, at) => {
    const note = at > 0 ? table.rows[at - 1]!.note : undefined;
    const cells = note === undefined ? line : [line[0]!];
    const text = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
    );
    return [...text, ...(note === undefined ? [] : [note])].join('  ').trimEnd();
  });
  return [
    `${table.name}: ${table.title}`,
    ...rows,
    ...verdicts(table),
    ...(table.notes ?? []),
  ].join('\n');
}

/** The table in Markdown. */
export function markdownTable(table: Table): string {
  const cells = (list: readonly string[]) => `| ${list.join(' | ')} |`;
  const lines = table.rows.map((row) =>
    row.note === undefined
      ? cells(textsOf(table, row))
      : cells([row.name, ...table.columns.map((_, at) => (at === 0 ? row.note! : ''))]),
  );
  return [
    `### ${table.title}`,
    '',
    cells(['', ...table.columns]),
    cells(['---', ...table.columns.map(() => '--:')]),
    ...lines,
    ...[...verdicts(table), ...(table.notes ?? [])].flatMap((text) => ['', text]),
  ].join('\n');
}

function verdicts({ targets = [], rows }: Table): string[] {
  return targets.flatMap(({ row, column, value, better }) => {
    const measured = rows.find(({ name }) => name === row)?.cells[column];
    if (measured === undefined || Number.isNaN(measured)) return [];
    const reached = better === 'more' ? measured >= value : measured <= value;
    const side = better === 'more' ? 'at least' : 'at most';
    return [
      `Target for ${row}, ${column}: ${side} ${figure(value)}: ${reached ? 'reached' : 'missed'} (${figure(measured)}).`,
    ];
  });
}

function textsOf({ columns }: Table, { name, cells }: Row): string[] {
  return [name, ...columns.map((column) => figure(cells[column] ?? Number.NaN))];
}

/** Three figures that count, without an exponent. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(Number.isInteger(value) || size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
