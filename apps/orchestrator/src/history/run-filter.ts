import { ServiceError } from '@isthmus/host';
import type { RunFilter } from '../store/runs.store.js';

type Conditions = Pick<RunFilter, 'statuses' | 'clientTrackingId' | 'started' | 'tracked' | 'text'>;

const operators = { eq: '=', ge: '>=', gt: '>', le: '<=', lt: '<' } as const;
const condition =
  /^([\w/.-]+)\s+(eq|ge|gt|le|lt)\s+(?:datetime)?(?:'((?:[^']|'')*)'|([\w:.+-]+))$/i;
const contains = /^contains\(\s*text\s*,\s*'((?:[^']|'')*)'\s*\)$/i;

/**
 * `$filter` of a list of runs: conditions joined by `and` over `status`, `startTime`,
 * `clientTrackingId`, `trackedProperties/<name>`, and `contains(text, '…')` over everything that the
 * run's history holds. Statuses may be joined by `or`.
 * @throws ServiceError 400 `InvalidFilterInQueryString`
 */
export function readFilter(text: string | undefined): Conditions {
  if (text === undefined || text.trim() === '') return {};
  let filter: Conditions = {};
  for (const part of parts(text, 'and')) filter = { ...filter, ...readPart(part, filter) };
  return filter;
}

function readPart(part: string, filter: Conditions): Conditions {
  const inner = /^\((.*)\)$/s.exec(part)?.[1] ?? part;
  const alternatives = parts(inner, 'or');
  if (alternatives.length > 1) {
    const statuses = alternatives.flatMap((one) => readPart(one, {}).statuses ?? []);
    if (statuses.length !== alternatives.length) throw invalid(part);
    return { statuses };
  }
  const search = contains.exec(inner)?.[1];
  if (search !== undefined) return { text: unquoted(search) };
  const [, field = '', operator = '', quoted, bare] = condition.exec(inner) ?? [];
  const value = quoted === undefined ? (bare ?? '') : unquoted(quoted);
  const name = field.toLowerCase();
  const sign = operators[operator.toLowerCase() as keyof typeof operators];
  if (name === 'starttime') {
    const time = new Date(value);
    if (Number.isNaN(time.getTime())) throw invalid(part);
    return { started: [...(filter.started ?? []), { operator: sign, time }] };
  }
  if (sign !== '=') throw invalid(part);
  if (name === 'status') return { statuses: [value] };
  if (name === 'clienttrackingid' || name === 'correlation/clienttrackingid')
    return { clientTrackingId: value };
  const property = /^trackedproperties\/(.+)$/i.exec(field)?.[1];
  if (property === undefined) throw invalid(part);
  return { tracked: { name: property, value } };
}

/** Splits at a word that stands outside of quotes and parentheses. */
function parts(text: string, word: 'and' | 'or'): string[] {
  const found: string[] = [];
  let rest = '';
  for (const piece of text.match(/'(?:[^']|'')*'|\([^()]*\)|\s+|[^\s'()]+|./gs) ?? []) {
    if (piece.toLowerCase() === word) {
      found.push(rest.trim());
      rest = '';
    } else rest += piece;
  }
  return [...found, rest.trim()];
}

function unquoted(text: string): string {
  return text.replaceAll("''", "'");
}

function invalid(part: string): ServiceError {
  return new ServiceError(
    400,
    'InvalidFilterInQueryString',
    `The condition '${part}' of '$filter' is not supported.`,
  );
}
