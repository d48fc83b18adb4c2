import { ServiceError } from '@isthmus/host';
import { compileFilter } from './odata-filter.js';

/** One entry of a collection before it is given its ARM shape. */
export interface Listed {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A page of a collection. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Number of all entries that match the filter. */
  readonly count: number;
  /** `$skip` of the next page; absent on the last. */
  readonly nextSkip?: number;
}

const defaultTop = 100;
const mostTop = 1000;

/**
 * Applies `$filter`, `$skip` and `$top`.
 * @throws ServiceError 400 for a malformed one
 */
export function pageOf<T extends Listed>(
  all: readonly T[],
  query: Readonly<Record<string, unknown>>,
): Page<T> {
  const filter = query['$filter'];
  const matches = typeof filter === 'string' && filter !== '' ? compileFilter(filter) : undefined;
  const found = matches ? all.filter(matches) : all;
  const skip = wholeNumber('$skip', query['$skip']) ?? 0;
  const top = Math.min(wholeNumber('$top', query['$top']) ?? defaultTop, mostTop);
  const items = found.slice(skip, skip + top);
  const end = skip + items.length;
  return {
    items,
    count: found.length,
    ...(end < found.length && items.length > 0 ? { nextSkip: end } : {}),
  };
}

function wholeNumber(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value))
    throw new ServiceError(400, 'ValidationError', `${name} must be a whole number.`);
  return Number(value);
}
