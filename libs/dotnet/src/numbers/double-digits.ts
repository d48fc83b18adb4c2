import { divideRounded, pow10 } from './decimal.js';
import type { NumberBuffer } from './number-buffer.js';

const view = new DataView(new ArrayBuffer(8));

/** Exact value of a positive finite double as mantissa * 2^exponent. */
function binaryParts(value: number): { mantissa: bigint; exponent: number } {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

/** round(value * 10^power) exactly, ties to even. */
function scaledInteger(value: number, power: number): bigint {
  const { mantissa, exponent } = binaryParts(value);
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (power >= 0) numerator *= pow10(power);
  else denominator *= pow10(-power);
  return divideRounded(numerator, denominator, 'ToEven');
}

/** round(value) exactly, ties to even, of a positive value that has a fraction or is exact: below 2^53. */
function nearestInteger(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

function buffer(value: number, digits: string, scale: number): NumberBuffer {
  const negative = value < 0 || Object.is(value, -0);
  const stripped = digits.endsWith('0') ? digits.replace(/0+$/, '') : digits;
  return { digits: stripped, scale: stripped === '' ? 0 : scale, negative, kind: 'float' };
}

const fromExponential = (value: number, text: string): NumberBuffer => {
  const [coefficient = '0', exponent = '0'] = text.split('e');
  return buffer(value, coefficient.replace('.', ''), Number(exponent) + 1);
};

/** Digits of a finite double, correctly rounded to a count of significant digits. */
export function significantDigits(value: number, count: number): NumberBuffer {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return buffer(value, '', 0);
  const decimalExponent = Number(magnitude.toExponential().split('e')[1]);
  let digits = scaledInteger(magnitude, count - 1 - decimalExponent).toString();
  let scale = decimalExponent + 1;
  if (digits.length > count) {
    scale++;
    digits = digits.slice(0, count);
  }
  return buffer(value, digits, scale);
}

/** Digits of a finite double, correctly rounded to a count of decimals. */
export function fractionDigits(value: number, decimals: number): NumberBuffer {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return buffer(value, '', 0);
  // No double has more than 1074 fraction digits.
  const kept = Math.min(decimals, 1100);
  const scaled =
    kept === 0 && magnitude < Number.MAX_SAFE_INTEGER
      ? nearestInteger(magnitude)
      : scaledInteger(magnitude, kept);
  const digits = scaled.toString();
  if (digits === '0') return buffer(value, '', 0);
  return buffer(value, digits, digits.length - kept);
}

/** The shortest digits that read back as the same double (or single). */
export function shortestDigits(value: number, single: boolean): NumberBuffer {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return buffer(value, '', 0);
  if (!single) return fromExponential(value, magnitude.toExponential());
  for (let count = 0; count < 9; count++) {
    const text = magnitude.toExponential(count);
    if (Math.fround(Number(text)) === magnitude) return fromExponential(value, text);
  }
  return fromExponential(value, magnitude.toExponential(8));
}
