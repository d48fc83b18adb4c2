import { currencyOfRegion } from './region-currency.js';
import { invariantNumberFormat, type NumberFormat } from './number-format.js';

type Part = Intl.NumberFormatPart;
const SAMPLE = 1234567891234.5;

/** Rebuilds a NumberFormatInfo pattern from the parts of a formatted sample. */
function patternOf(parts: readonly Part[], symbol: 'currency' | 'percentSign'): string {
  let pattern = '';
  for (const part of parts) {
    if (part.type === symbol) pattern += symbol === 'currency' ? '$' : '%';
    else if (part.type === 'minusSign') pattern += '-';
    else if (part.type === 'literal') pattern += /^\s+$/.test(part.value) ? ' ' : '';
    else if (!pattern.includes('n')) pattern += 'n';
  }
  return pattern;
}

const valueOf = (parts: readonly Part[], type: Part['type'], fallback: string): string =>
  parts.find((part) => part.type === type)?.value ?? fallback;

function groupSizesOf(parts: readonly Part[]): number[] {
  const lengths = parts.filter((part) => part.type === 'integer').map((part) => part.value.length);
  if (lengths.length < 2) return [0];
  const last = lengths.at(-1) ?? 3;
  const second = lengths.length > 2 ? (lengths.at(-2) ?? last) : last;
  return second === last ? [last] : [last, second];
}

/** NumberFormatInfo of a locale from the ICU data of the JavaScript engine. */
export function intlNumberFormat(locale: string): NumberFormat {
  const region = new Intl.Locale(locale).region;
  const currency = currencyOfRegion(region);
  const numbers = new Intl.NumberFormat(locale, { numberingSystem: 'latn' });
  const sample = numbers.formatToParts(-SAMPLE);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', numberingSystem: 'latn' });
  const money = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency ?? 'XXX',
    numberingSystem: 'latn',
  });
  const moneyParts = money.formatToParts(SAMPLE);
  const negativeSign = valueOf(sample, 'minusSign', '-').replace(/[\u200e\u200f\u061c]/g, '');
  const infinity = valueOf(numbers.formatToParts(Infinity), 'infinity', '∞');
  const decimalSeparator = valueOf(sample, 'decimal', '.');
  // Swiss German writes a typographic apostrophe; newer ICU data prints a plain one.
  const typographic = (separator: string): string => (separator === "'" ? '\u2019' : separator);
  const groupSeparator = typographic(valueOf(sample, 'group', ','));
  return {
    ...invariantNumberFormat,
    negativeSign,
    nan: valueOf(numbers.formatToParts(NaN), 'nan', 'NaN'),
    positiveInfinity: infinity,
    negativeInfinity: negativeSign + infinity,
    decimalSeparator,
    groupSeparator,
    groupSizes: groupSizesOf(sample),
    numberDecimalDigits: 3,
    percentDecimalDigits: 3,
    percentSymbol: valueOf(percent.formatToParts(1), 'percentSign', '%'),
    percentPositivePattern: patternOf(percent.formatToParts(1), 'percentSign'),
    percentNegativePattern: patternOf(percent.formatToParts(-1), 'percentSign'),
    currencySymbol: currency === undefined ? '¤' : valueOf(moneyParts, 'currency', '¤'),
    currencyDecimalDigits: money.resolvedOptions().maximumFractionDigits ?? 2,
    currencyDecimalSeparator: valueOf(
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency: currency ?? 'XXX',
        numberingSystem: 'latn',
        minimumFractionDigits: 1,
      }).formatToParts(SAMPLE),
      'decimal',
      decimalSeparator,
    ),
    currencyGroupSeparator: typographic(valueOf(moneyParts, 'group', groupSeparator)),
    currencyPositivePattern: patternOf(moneyParts, 'currency'),
    currencyNegativePattern: patternOf(money.formatToParts(-SAMPLE), 'currency'),
  };
}
