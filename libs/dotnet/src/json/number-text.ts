import type { Decimal } from '../numbers/decimal.js';
import { numberToText } from '../numbers/format-number.js';

/** Types of floating point that JSON writes apart: `single` has fewer digits. */
export type FloatWidth = 'double' | 'float';

/** A floating point number in JSON: always with a point or an exponent, NaN in quotes. */
export function jsonFloat(value: number, width: FloatWidth): string {
  if (!Number.isFinite(value)) return `"${numberToText(width, value)}"`;
  return withDecimalPlace(numberToText(width, value));
}

/** A decimal in JSON: its own digits, `1` becomes `1.0`. */
export function jsonDecimal(value: Decimal): string {
  return withDecimalPlace(value.toString());
}

function withDecimalPlace(text: string): string {
  return /[.eE]/.test(text) ? text : `${text}.0`;
}
