import { overflowException } from '../dotnet-error.js';

/**
 * A double as mantissa and scale with at most `digits` significant digits, trailing zeros dropped:
 * what the explicit conversion to decimal keeps.
 */
export function decimalFromDouble(
  value: number,
  digits: number,
): { mantissa: bigint; scale: number } {
  if (!Number.isFinite(value) || Math.abs(value) >= 7.922816251426434e28) {
    throw overflowException('Value was either too large or too small for a Decimal.');
  }
  if (value === 0) return { mantissa: 0n, scale: 0 };
  const [coefficient = '0', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  let mantissa = BigInt(coefficient.replace('.', ''));
  let scale = digits - 1 - exponent;
  while (scale > 0 && mantissa % 10n === 0n) {
    mantissa /= 10n;
    scale--;
  }
  return { mantissa, scale };
}
