/**
 * The format of the .NET member tables: one file per .NET type, members keyed by their C# signature. README.md beside
 * this file explains it with examples.
 */

/** Receives (self for instance members, the arguments as raw values, then `runtime` and `site`). */
export type Implementation = (...args: never[]) => unknown;

/** A property, field or indexer that can be written: `get(self, …index)`, `set(self, …index, value)`. */
export interface Accessors {
  readonly get: Implementation;
  readonly set?: Implementation;
}

/** A `const` member's value, boxed in an object so that it differs from an implementation. */
export interface Constant {
  readonly constant: unknown;
}

export type MemberRecord = Readonly<Record<string, Implementation | Accessors | Constant>>;

/** What the language must know about the values of a type beside its members. */
export interface Facets {
  /** The JS class whose instances are this type (a subclass with a table of its own wins). */
  readonly instance?: abstract new (...args: never[]) => unknown;
  /** ToString() and IFormattable.ToString(format): used by `+`, interpolation, string.Format, ToString(). */
  readonly text?: (value: never, format: string | null) => string;
  /** `default(T)` of a struct. */
  readonly initial?: unknown;
  /** IComparable: negative, zero, positive. */
  readonly compare?: (left: never, right: never) => number;
  /** Equals(object) for two values of this type; without it references are compared. */
  readonly equals?: (left: never, right: never) => boolean;
  /** A primitive that is equal for equal values: dictionary keys, GetHashCode. Needed where `equals` is given. */
  readonly key?: (value: never) => string | number | bigint;
  /** The value fields of the typed form of the vectors, e.g. `{ value: '…' }`, `{ json, tokenType }`. */
  readonly typed?: (value: never) => Readonly<Record<string, unknown>>;
  /** The items of an IEnumerable<T>; `itemType` is the C# name of the wanted T where the static type tells (JObject has two). */
  readonly items?: (value: never, itemType: string | null) => Iterable<unknown>;
  /** Convert.ToString(value, invariant) where it differs from `text`. */
  readonly string?: (value: never) => string;
}

/** One .NET type. `header` is its C# declaration; `members` may be split over several records. */
export interface TypeTable {
  readonly header: string;
  readonly facets: Facets;
  readonly members: readonly MemberRecord[];
  readonly enumeration?: EnumFacts;
}

export interface EnumFacts {
  readonly values: Readonly<Record<string, number>>;
  readonly flags: boolean;
}

/**
 * Declares a type: `typeTable('class System.Text.StringBuilder', { instance: StringBuilder }, { 'int Length { get; }': … })`.
 */
export function typeTable(
  header: string,
  facets: Facets,
  ...members: readonly MemberRecord[]
): TypeTable {
  return { header, facets, members };
}

/** Declares an enum; values are raw JS numbers. `flags` gives the [Flags] text form. */
export function enumTable(
  fullName: string,
  values: Readonly<Record<string, number>>,
  flags = false,
): TypeTable {
  return {
    header: `enum ${fullName}`,
    facets: { initial: 0 },
    members: [],
    enumeration: { values, flags },
  };
}

/** A compile-time constant: `'const int MaxValue': constant(2147483647)`. */
export function constant(value: unknown): Constant {
  return { constant: value };
}

export function isConstant(entry: Implementation | Accessors | Constant): entry is Constant {
  return typeof entry === 'object' && 'constant' in entry;
}
