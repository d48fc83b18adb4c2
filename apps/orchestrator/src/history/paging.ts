import { ServiceError } from '@isthmus/host';
import type { Request } from 'express';

/** The query of a list. */
export type ListQuery = Readonly<Record<string, string | undefined>>;

const usual = 30;
const largest = 250;

/** `$top`, 30 without it and 250 at most. @throws ServiceError 400 */
export function topOf(query: ListQuery): number {
  const text = query['$top'];
  if (text === undefined) return usual;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new ServiceError(
      400,
      'InvalidTopQueryParameter',
      `The value '${text}' of '$top' must be a positive integer.`,
    );
  }
  return Math.min(Number(text), largest);
}

/** The place behind which the page begins. */
export function skipOf(query: ListQuery): string | undefined {
  return query['$skiptoken'] === '' ? undefined : query['$skiptoken'];
}

/**
 * A page of rows of which one more than wanted was read.
 * @param token names the place behind a row
 */
export function pageOf<Row>(
  rows: readonly Row[],
  page: { readonly top: number; readonly request: Request; readonly base: string },
  token: (row: Row) => string,
): { readonly rows: readonly Row[]; readonly next: { readonly nextLink?: string } } {
  const shown = rows.slice(0, page.top);
  const last = shown.at(-1);
  if (rows.length <= page.top || last === undefined) return { rows: shown, next: {} };
  const url = new URL(page.request.originalUrl, page.base);
  url.searchParams.set('$skiptoken', token(last));
  return { rows: shown, next: { nextLink: url.href } };
}

/** A page of a list that is in memory; the token is the number of entries to skip. */
export function sliceOf<Entry>(
  entries: readonly Entry[],
  query: ListQuery,
  page: { readonly request: Request; readonly base: string },
): { readonly rows: readonly Entry[]; readonly next: { readonly nextLink?: string } } {
  const top = topOf(query);
  const skip = Number(skipOf(query) ?? 0) || 0;
  const rows = entries.slice(skip, skip + top + 1);
  return pageOf(rows, { top, ...page }, () => String(skip + top));
}
