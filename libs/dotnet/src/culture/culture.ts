import { invariantDateFormat, type DateFormat } from './date-format.js';
import { intlDateFormat } from './intl-date-format.js';
import { intlNumberFormat } from './intl-number-format.js';
import { invariantNumberFormat, type NumberFormat } from './number-format.js';

/** System.Globalization.CultureInfo: how numbers and dates read and are written. */
export interface Culture {
  /** Canonical name; empty for the invariant culture. */
  readonly name: string;
  readonly numbers: NumberFormat;
  readonly dates: DateFormat;
}

/** CultureInfo.InvariantCulture. */
export const invariantCulture: Culture = {
  name: '',
  numbers: invariantNumberFormat,
  dates: invariantDateFormat,
};

const known = new Map<string, Culture>([['', invariantCulture]]);

/**
 * The culture of a name such as `en-US`, in any case; undefined when the engine's locale data does not
 * have it (.NET: CultureNotFoundException). Built once per name.
 */
export function cultureOf(name: string): Culture | undefined {
  const key = name.toLowerCase();
  const cached = known.get(key);
  if (cached) return cached;
  const locale = supportedLocale(name);
  if (locale === undefined) return undefined;
  const culture = makeCulture(locale);
  known.set(key, culture);
  return culture;
}

function supportedLocale(name: string): string | undefined {
  if (!/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(name)) return undefined;
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([name])[0];
  } catch {
    return undefined; // not a well-formed language tag
  }
}

function makeCulture(locale: string): Culture {
  let numbers: NumberFormat | undefined;
  let dates: DateFormat | undefined;
  return {
    name: locale,
    get numbers() {
      return (numbers ??= intlNumberFormat(locale));
    },
    get dates() {
      return (dates ??= intlDateFormat(locale));
    },
  };
}
