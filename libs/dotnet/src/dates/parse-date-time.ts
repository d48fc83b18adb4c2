import { DotNetError } from '../dotnet-error.js';
import type { DateTime } from './date-time.js';
import type { DateTimeOffset } from './date-time-offset.js';
import {
  toDateTime,
  toDateTimeOffset,
  type ParseDateOptions,
  type ScannedDate,
} from './date-result.js';
import { scanDate } from './scan-date.js';
import { scanDateExact } from './scan-date-exact.js';

/** `DateTime.Parse`: throws FormatException. Text with an offset becomes local time (UTC here), kind Local. */
export const parseDateTime = (text: string, options: ParseDateOptions): DateTime =>
  toDateTime(text, scanDate(text, options), options);

/** `DateTimeOffset.Parse`: throws FormatException. */
export const parseDateTimeOffset = (text: string, options: ParseDateOptions): DateTimeOffset =>
  toDateTimeOffset(text, scanDate(text, options), options);

/** `DateTime.ParseExact` with one or several formats: throws FormatException. */
export const parseExactDateTime = (
  text: string,
  formats: string | readonly string[],
  options: ParseDateOptions,
): DateTime => firstOf(text, formats, options, toDateTime);

/** `DateTimeOffset.ParseExact` with one or several formats: throws FormatException. */
export const parseExactDateTimeOffset = (
  text: string,
  formats: string | readonly string[],
  options: ParseDateOptions,
): DateTimeOffset => firstOf(text, formats, options, toDateTimeOffset);

type Finish<T> = (text: string, parts: ScannedDate, options: ParseDateOptions) => T;

function firstOf<T>(
  text: string,
  formats: string | readonly string[],
  options: ParseDateOptions,
  finish: Finish<T>,
): T {
  let failure: unknown;
  for (const format of typeof formats === 'string' ? [formats] : formats) {
    try {
      return finish(text, scanDateExact(text, format ?? '', options), options);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Runs a parse and answers undefined where it throws FormatException or OverflowException. */
export function orUndefined<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (
      error instanceof DotNetError &&
      /^System\.(Format|Overflow)Exception$/.test(error.typeName)
    ) {
      return undefined;
    }
    throw error;
  }
}
