import { valueText } from './value-text.js';
import { compareScalars } from './compare.js';
import { JToken } from './j-token.js';
import type { JTokenType } from './j-token-type.js';
import { scalarOf, wholeType, type JScalar } from './scalar.js';

/** Newtonsoft.Json.Linq.JValue: a scalar. */
export class JValue extends JToken {
  override type: JTokenType;
  /** The digits a reader saw, where it was told to keep them. */
  source: string | null = null;
  /** The name of an enum member, which the value shows as text. */
  label: string | null = null;

  constructor(
    public value: JScalar,
    type: JTokenType,
    /** The .NET name of a number's type (`long`, `double`, `decimal`, `BigInteger`, …). */
    public clrType?: string,
  ) {
    super();
    this.type = type;
  }

  override get className(): string {
    return 'JValue';
  }

  /** The setter of `Value`: a plain or boxed value; see `scalarOf`. */
  assign(value: unknown): void {
    const { value: scalar, type, clrType } = scalarOf(value);
    this.value = scalar;
    this.type = type;
    if (clrType === undefined) delete this.clrType;
    else this.clrType = clrType;
  }

  /** From a plain or boxed value; see `scalarOf`. */
  static of(value: unknown): JValue {
    const { value: scalar, type, clrType } = scalarOf(value);
    return new JValue(scalar, type, clrType);
  }

  static null(): JValue {
    return new JValue(null, 'Null');
  }

  static undefined(): JValue {
    return new JValue(null, 'Undefined');
  }

  static string(text: string | null): JValue {
    return new JValue(text, 'String');
  }

  static comment(text: string | null): JValue {
    return new JValue(text, 'Comment');
  }

  static integer(value: bigint): JValue {
    return new JValue(value, 'Integer', wholeType(value));
  }

  static float(value: number): JValue {
    return new JValue(value, 'Float', 'double');
  }

  override deepClone(): JValue {
    const copy = new JValue(this.value, this.type, this.clrType);
    copy.label = this.label;
    return copy;
  }

  /** Equality of type and value, as `JValue.Equals` has it. */
  equals(other: unknown): boolean {
    if (!(other instanceof JValue)) return false;
    return this === other || (this.type === other.type && this.compareTo(other) === 0);
  }

  /** Order among values; text against a number compares as that number's type. */
  compareTo(other: JValue): number {
    const type = this.type === 'String' && other.type !== 'String' ? other.type : this.type;
    return compareScalars(type, this.value, other.value);
  }

  /** The bare text of the value by the invariant culture; null is empty. */
  override toString(): string {
    return this.label ?? valueText(this);
  }
}

/** Newtonsoft.Json.Linq.JRaw: JSON text that is written as it is. */
export class JRaw extends JValue {
  override get className(): string {
    return 'JRaw';
  }

  constructor(text: string | null) {
    super(text, 'Raw');
  }

  override deepClone(): JRaw {
    return new JRaw(this.value as string | null);
  }
}
