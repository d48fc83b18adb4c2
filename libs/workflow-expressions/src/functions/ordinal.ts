import { toUpperOrdinal as toUpper } from '@isthmus/dotnet';
import { countText } from '../work.js';

/** In upper case as .NET's ordinal comparisons without regard to case have it. */
export function toUpperOrdinal(text: string): string {
  countText(text.length);
  return toUpper(text);
}

/** Below zero, zero or above zero: UTF-16 units without regard to case, as .NET's OrdinalIgnoreCase. */
export function compareIgnoringCase(left: string, right: string): number {
  const one = toUpperOrdinal(left);
  const other = toUpperOrdinal(right);
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Without regard to case; -1 when absent. */
export function indexIgnoringCase(text: string, search: string): number {
  return toUpperOrdinal(text).indexOf(toUpperOrdinal(search));
}

export function lastIndexIgnoringCase(text: string, search: string): number {
  return toUpperOrdinal(text).lastIndexOf(toUpperOrdinal(search));
}
