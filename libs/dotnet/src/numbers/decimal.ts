import { divideByZero, overflowException } from '../dotnet-error.js';
import { decimalFromDouble } from './decimal-from-double.js';

/** Largest mantissa of a System.Decimal: 2^96 - 1. */
const MAX_MANTISSA = (1n << 96n) - 1n;
const MAX_SCALE = 28;

/** How a value halfway between two results is rounded (System.MidpointRounding). */
export type MidpointRounding =
  | 'ToEven'
  | 'AwayFromZero'
  | 'ToZero'
  | 'ToNegativeInfinity'
  | 'ToPositiveInfinity';

const POWERS: bigint[] = [];
/** 10^n as bigint, cached. */
export function pow10(n: number): bigint {
  for (let i = POWERS.length; i <= n; i++) POWERS.push(i === 0 ? 1n : (POWERS[i - 1] ?? 1n) * 10n);
  return POWERS[n] ?? 1n;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** Integer quotient rounded by `mode`; `divisor` is positive. */
export function divideRounded(value: bigint, divisor: bigint, mode: MidpointRounding): bigint {
  const quotient = value / divisor;
  const rest = value % divisor;
  if (rest === 0n) return quotient;
  const away = value < 0n ? quotient - 1n : quotient + 1n;
  const twice = abs(rest) * 2n;
  switch (mode) {
    case 'ToZero':
      return quotient;
    case 'ToNegativeInfinity':
      return value < 0n ? away : quotient;
    case 'ToPositiveInfinity':
      return value < 0n ? quotient : away;
    case 'AwayFromZero':
      return twice >= divisor ? away : quotient;
    case 'ToEven':
      if (twice === divisor) return quotient % 2n === 0n ? quotient : away;
      return twice > divisor ? away : quotient;
  }
}

const outOfRange = (): Error =>
  overflowException('Value was either too large or too small for a Decimal.');

/** Drops fraction digits (banker's rounding) until mantissa and scale fit; throws OverflowException. */
function fit(mantissa: bigint, scale: number): Decimal {
  if (scale <= MAX_SCALE && abs(mantissa) <= MAX_MANTISSA) return new Decimal(mantissa, scale);
  let drop = Math.max(0, scale - MAX_SCALE);
  for (; drop <= scale; drop++) {
    const rounded = divideRounded(mantissa, pow10(drop), 'ToEven');
    if (abs(rounded) <= MAX_MANTISSA) return new Decimal(rounded, scale - drop);
  }
  throw outOfRange();
}

/** System.Decimal: a 96-bit mantissa with 0 to 28 fraction digits that are kept (`1.50`). Immutable. */
export class Decimal {
  static readonly zero = new Decimal(0n, 0);
  static readonly one = new Decimal(1n, 0);
  static readonly minusOne = new Decimal(-1n, 0);
  static readonly maxValue = new Decimal(MAX_MANTISSA, 0);
  static readonly minValue = new Decimal(-MAX_MANTISSA, 0);

  /** Value = mantissa / 10^scale. Use the `from…` functions for unchecked input. */
  constructor(
    readonly mantissa: bigint,
    readonly scale: number,
  ) {}

  /** Any mantissa and scale, rounded to what fits; throws OverflowException. */
  static from(mantissa: bigint, scale: number): Decimal {
    return scale < 0 ? fit(mantissa * pow10(-scale), 0) : fit(mantissa, scale);
  }

  static fromInteger(value: number | bigint): Decimal {
    return new Decimal(BigInt(value), 0);
  }

  /** As `(decimal)double`: 15 significant digits; `single` keeps 7. NaN and infinities overflow. */
  static fromDouble(value: number, single = false): Decimal {
    const parts = decimalFromDouble(value, single ? 7 : 15);
    const result = Decimal.from(parts.mantissa, parts.scale);
    return result.mantissa === 0n ? Decimal.zero : trimmed(result.mantissa, result.scale, 0);
  }

  /** Plain invariant text (`-12.50`, exponent allowed); throws FormatException through parseDecimal for user text. */
  static fromLiteral(text: string): Decimal {
    const match = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
    if (!match) throw new RangeError(`not a decimal literal: ${text}`);
    const fraction = match[3] ?? '';
    const mantissa = BigInt(`${match[2] ?? ''}${fraction}` || '0');
    return Decimal.from(match[1] ? -mantissa : mantissa, fraction.length - Number(match[4] ?? 0));
  }

  get isNegative(): boolean {
    return this.mantissa < 0n;
  }

  add(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale);
    return fit(this.at(scale) + other.at(scale), scale);
  }

  subtract(other: Decimal): Decimal {
    return this.add(other.negate());
  }

  multiply(other: Decimal): Decimal {
    return fit(this.mantissa * other.mantissa, this.scale + other.scale);
  }

  /** Exact quotients keep the smallest scale that is at least the difference of the scales. */
  divide(other: Decimal): Decimal {
    if (other.mantissa === 0n) throw divideByZero();
    const wanted = this.scale - other.scale;
    const sign = other.mantissa < 0n ? -1n : 1n;
    const divisor = abs(other.mantissa);
    for (let extra = Math.max(0, -wanted); wanted + extra <= MAX_SCALE; extra++) {
      const value = this.mantissa * sign * pow10(extra);
      if (value % divisor !== 0n) continue;
      if (abs(value / divisor) > MAX_MANTISSA) break;
      return new Decimal(value / divisor, wanted + extra);
    }
    return quotientRounded(this.mantissa * sign, divisor, wanted);
  }

  /** Sign follows the dividend. */
  remainder(other: Decimal): Decimal {
    if (other.mantissa === 0n) throw divideByZero();
    const scale = Math.max(this.scale, other.scale);
    return fit(this.at(scale) % other.at(scale), scale);
  }

  negate(): Decimal {
    return new Decimal(-this.mantissa, this.scale);
  }

  abs(): Decimal {
    return this.mantissa < 0n ? this.negate() : this;
  }

  round(decimals = 0, mode: MidpointRounding = 'ToEven'): Decimal {
    if (decimals >= this.scale) return this;
    return new Decimal(divideRounded(this.mantissa, pow10(this.scale - decimals), mode), decimals);
  }

  truncate(): Decimal {
    return this.round(0, 'ToZero');
  }

  floor(): Decimal {
    return this.round(0, 'ToNegativeInfinity');
  }

  ceiling(): Decimal {
    return this.round(0, 'ToPositiveInfinity');
  }

  /** -1, 0 or 1. */
  compareTo(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale);
    const left = this.at(scale);
    const right = other.at(scale);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  equals(other: Decimal): boolean {
    return this.compareTo(other) === 0;
  }

  /** Integer part, truncated toward zero. */
  toBigInt(): bigint {
    return this.mantissa / pow10(this.scale);
  }

  /** As the conversion operator computes it: both words as doubles, divided by the power of ten. */
  toDouble(): number {
    const magnitude = abs(this.mantissa);
    const low = Number(magnitude & 0xffff_ffff_ffff_ffffn);
    const value = (low + Number(magnitude >> 64n) * 2 ** 64) / Number(`1e${this.scale}`);
    return this.isNegative ? -value : value;
  }

  /** The four 32-bit words of decimal.GetBits: low, middle, high, flags. */
  toBits(): [number, number, number, number] {
    const value = abs(this.mantissa);
    const word = (shift: bigint): number => Number(BigInt.asIntN(32, value >> shift));
    return [word(0n), word(32n), word(64n), (this.scale << 16) | (this.isNegative ? 1 << 31 : 0)];
  }

  /** Invariant text with the kept fraction digits: `1.50`. */
  toString(): string {
    const digits = abs(this.mantissa)
      .toString()
      .padStart(this.scale + 1, '0');
    const sign = this.isNegative ? '-' : '';
    if (this.scale === 0) return sign + digits;
    return `${sign}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
  }

  /** Mantissa at a scale not smaller than its own. */
  private at(scale: number): bigint {
    return this.mantissa * pow10(scale - this.scale);
  }
}

/** An inexact quotient: as many digits as fit, then trailing zeros are dropped as .NET does. */
function quotientRounded(value: bigint, divisor: bigint, wanted: number): Decimal {
  let scale = MAX_SCALE;
  for (; scale >= Math.min(wanted, 0); scale--) {
    const shift = scale - wanted;
    const scaled =
      shift >= 0
        ? divideRounded(value * pow10(shift), divisor, 'ToEven')
        : divideRounded(value, divisor * pow10(-shift), 'ToEven');
    if (abs(scaled) > MAX_MANTISSA) continue;
    if (scale < 0) break;
    return trimmed(scaled, scale, Math.max(0, wanted));
  }
  throw outOfRange();
}

function trimmed(mantissa: bigint, scale: number, least: number): Decimal {
  let value = mantissa;
  let digits = scale;
  while (digits > least && value % 10n === 0n) {
    value /= 10n;
    digits--;
  }
  return new Decimal(value, digits);
}
