/**
 * Decimal digits of a number on the way to text, as the formatter of .NET holds them:
 * value = ±0.d1d2d3… × 10^scale. Zero has no digits.
 */
export interface NumberBuffer {
  digits: string;
  scale: number;
  negative: boolean;
  readonly kind: 'integer' | 'decimal' | 'float';
}

/** Buffer of an integer; zero has no digits. */
export function integerBuffer(value: number | bigint): NumberBuffer {
  const text = value.toString();
  const negative = text.startsWith('-');
  const digits = negative ? text.slice(1) : text;
  return digits === '0'
    ? { digits: '', scale: 0, negative: false, kind: 'integer' }
    : { digits, scale: digits.length, negative, kind: 'integer' };
}

/** Cuts the digits at a position, rounding halves up unless they are already correctly rounded. */
export function roundBuffer(number: NumberBuffer, position: number, isRounded: boolean): void {
  const { digits } = number;
  let end = Math.max(0, Math.min(position, digits.length));
  const next = position >= 0 && end === position ? digits[end] : undefined;
  if (!isRounded && next !== undefined && next >= '5') {
    while (end > 0 && digits[end - 1] === '9') end--;
    if (end > 0) {
      number.digits = digits.slice(0, end - 1) + String(Number(digits[end - 1]) + 1);
    } else {
      number.digits = '1';
      number.scale++;
    }
    return;
  }
  while (end > 0 && digits[end - 1] === '0') end--;
  number.digits = digits.slice(0, end);
  if (end === 0) {
    if (number.kind !== 'float') number.negative = false;
    number.scale = 0;
  }
}
