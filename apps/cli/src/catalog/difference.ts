import type { AppliedResources, Resource } from '@isthmus/contracts';

/** One resource that applying a folder changes. */
export interface ResourceChange {
  readonly change: 'created' | 'updated' | 'deleted';
  readonly id: string;
  /** What differs, as lines: "+ …" comes, "- …" goes. Empty for resources that come or go whole. */
  readonly lines: readonly string[];
}

/** Members whose values are nobody's business on a screen or in a pipeline's log. */
const secretMembers: ReadonlySet<string> = new Set([
  'primaryKey',
  'secondaryKey',
  'primaryKeyHash',
  'secondaryKeyHash',
  'password',
  'credentials',
  'data',
]);

/**
 * What a folder changes in a catalog, resource by resource. Only members that the folder states are compared: the
 * others are the catalog's defaults.
 */
export function differences(
  applied: AppliedResources,
  current: readonly Resource[],
  wanted: readonly Resource[],
): ResourceChange[] {
  const before = byId(current);
  const after = byId(wanted);
  const updated = applied.updated.map((id): ResourceChange => {
    const [old, next] = [before.get(id.toLowerCase()), after.get(id.toLowerCase())];
    return { change: 'updated', id, lines: old && next ? changedMembers(old, next) : [] };
  });
  return [
    ...applied.created.map((id): ResourceChange => ({ change: 'created', id, lines: [] })),
    ...updated,
    ...applied.deleted.map((id): ResourceChange => ({ change: 'deleted', id, lines: [] })),
  ].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function byId(resources: readonly Resource[]): Map<string, Resource> {
  return new Map(resources.map((one) => [one.id.toLowerCase(), one]));
}

function changedMembers(old: Resource, next: Resource): string[] {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(next.properties)) {
    const present = old.properties[name];
    if (JSON.stringify(present) === JSON.stringify(value)) continue;
    const hidden =
      secretMembers.has(name) || (name === 'value' && next.properties['secret'] === true);
    if (hidden) lines.push(`~ ${name}: (not shown)`);
    else if (typeof value === 'string' && typeof present === 'string' && value.includes('\n'))
      lines.push(...lineDifference(present.split(/\r?\n/), value.split(/\r?\n/)));
    else {
      if (present !== undefined) lines.push(`- ${name}: ${JSON.stringify(present)}`);
      lines.push(`+ ${name}: ${JSON.stringify(value)}`);
    }
  }
  return lines;
}

/** Lines of context around a difference. */
const context = 2;

/** Lines that go and come, with some around them: the middle between the common beginning and end. */
export function lineDifference(before: readonly string[], after: readonly string[]): string[] {
  const steps = align(before, after);
  const shown = new Set<number>();
  steps.forEach(({ sign }, index) => {
    if (sign === ' ') return;
    for (let near = index - context; near <= index + context; near++) shown.add(near);
  });
  const lines: string[] = [];
  let last = -1;
  steps.forEach(({ sign, line }, index) => {
    if (!shown.has(index)) return;
    if (last >= 0 && index > last + 1) lines.push('  …');
    lines.push(`${sign} ${line}`);
    last = index;
  });
  return lines;
}

interface Aligned {
  readonly sign: ' ' | '+' | '-';
  readonly line: string;
}

/** Longest common subsequence of the lines between the common beginning and end; beyond a size, replaced whole. */
function align(before: readonly string[], after: readonly string[]): Aligned[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const [old, next] = [
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  ];
  const same = (lines: readonly string[]): Aligned[] => lines.map((line) => ({ sign: ' ', line }));
  return [
    ...same(before.slice(0, start)),
    ...middle(old, next),
    ...same(before.slice(before.length - end)),
  ];
}

function middle(old: readonly string[], next: readonly string[]): Aligned[] {
  const gone = (lines: readonly string[]): Aligned[] => lines.map((line) => ({ sign: '-', line }));
  const come = (lines: readonly string[]): Aligned[] => lines.map((line) => ({ sign: '+', line }));
  if (old.length * next.length > 4_000_000) return [...gone(old), ...come(next)];
  const width = next.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = next.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        old[row] === next[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const steps: Aligned[] = [];
  let [row, column] = [0, 0];
  while (row < old.length && column < next.length) {
    const line = old[row] ?? '';
    if (line === next[column]) {
      steps.push({ sign: ' ', line });
      row++;
      column++;
    } else if (at(row + 1, column) >= at(row, column + 1)) {
      steps.push({ sign: '-', line });
      row++;
    } else steps.push({ sign: '+', line: next[column++] ?? '' });
  }
  return [...steps, ...gone(old.slice(row)), ...come(next.slice(column))];
}
