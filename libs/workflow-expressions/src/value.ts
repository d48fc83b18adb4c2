import { countWork, Decimal } from '@isthmus/dotnet';

/**
 * A float whose value is integral (`1.0`, `1e300`) or a negative zero: JavaScript cannot tell it
 * from an integer, so it is kept in a box. Every other float is a plain JavaScript number.
 */
export class Float {
  constructor(readonly value: number) {}
}

/** 64-bit integers: a JavaScript number when it is safe, else a bigint. */
export type WorkflowInteger = number | bigint;
export type WorkflowNumber = number | bigint | Float | Decimal;

/**
 * A value of the workflow language. Plain JSON values of JavaScript are values of this type, so
 * literals in code need no conversion. The kinds of numbers are told apart like this:
 * - integer: an integral JavaScript number within the safe range, or a `bigint` beyond it;
 * - float: a JavaScript number with a fraction (or NaN, Infinity), or a `Float` for an integral one;
 * - decimal: `Decimal`.
 * Values are immutable by convention: functions return copies that share their parts.
 */
export type WorkflowValue =
  | null
  | boolean
  | string
  | WorkflowNumber
  | WorkflowArray
  | WorkflowObject;
export type WorkflowArray = readonly WorkflowValue[];
/** Members in order of {@link namesOf}; look names up with {@link memberOf}, which ignores case. */
export interface WorkflowObject {
  readonly [name: string]: WorkflowValue;
}

/** The names that error texts use. */
export type ValueKind =
  | 'Null'
  | 'Boolean'
  | 'String'
  | 'Integer'
  | 'Float'
  | 'Decimal'
  | 'Array'
  | 'Object';

/** The kind of a value as it is named in messages of the service. */
export function kindOf(value: WorkflowValue): ValueKind {
  if (typeof value === 'string') return 'String';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Float';
  if (typeof value === 'bigint') return 'Integer';
  if (typeof value === 'boolean') return 'Boolean';
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'Array';
  if (value instanceof Float) return 'Float';
  return value instanceof Decimal ? 'Decimal' : 'Object';
}

export function isObject(value: WorkflowValue | undefined): value is WorkflowObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Float) &&
    !(value instanceof Decimal)
  );
}

export function isArray(value: WorkflowValue | undefined): value is WorkflowArray {
  return Array.isArray(value);
}

/** The float of a JavaScript number: boxed where JavaScript would take it for an integer. */
export function floatOf(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}

const smallest = BigInt(Number.MIN_SAFE_INTEGER);
const largest = BigInt(Number.MAX_SAFE_INTEGER);
export const int64Min = -(2n ** 63n);
export const int64Max = 2n ** 63n - 1n;

/** The integer of a bigint; undefined beyond 64 bits. */
export function integerOf(value: bigint): WorkflowInteger | undefined {
  if (value >= smallest && value <= largest) return Number(value);
  return value >= int64Min && value <= int64Max ? value : undefined;
}

/**
 * JavaScript moves integer-like names to the front of an object. Where that would change the order
 * of a document, the true order is remembered under this symbol.
 */
const nameOrder = Symbol('nameOrder');
type Ordered = WorkflowObject & { readonly [nameOrder]?: readonly string[] };

/** Whether an object has an order of its own, which JavaScript would not keep. */
export function hasOwnOrder(object: object): boolean {
  return (object as Ordered)[nameOrder] !== undefined;
}

/** The names of an object in document order. */
export function namesOf(object: WorkflowObject): readonly string[] {
  const order = (object as Ordered)[nameOrder];
  const names = Object.keys(object);
  return order !== undefined && order.length === names.length ? order : names;
}

/** The members of an object in document order. */
export function membersOf(object: WorkflowObject): readonly (readonly [string, WorkflowValue])[] {
  return namesOf(object).map((name) => [name, object[name] as WorkflowValue] as const);
}

function isIntegerLike(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 48 && first <= 57 && /^(?:0|[1-9]\d{0,9})$/.test(name);
}

/** Whether a plain object keeps these names, each once and in this order. */
export function arePlainNames(names: readonly string[]): boolean {
  return (
    new Set(names).size === names.length &&
    !names.some((name) => name === '__proto__' || isIntegerLike(name))
  );
}

/** Makes an object of members in their order; of equal names the last wins and stands at its own place. */
export function objectOf(members: Iterable<readonly [string, WorkflowValue]>): WorkflowObject {
  const list = Array.isArray(members)
    ? (members as (readonly [string, WorkflowValue])[])
    : [...members];
  countWork(list.length);
  const object: Record<string, WorkflowValue> = {};
  for (const [name, value] of list) {
    if (name === '__proto__' || isIntegerLike(name) || Object.hasOwn(object, name))
      return oddObject(list);
    object[name] = value;
  }
  return object;
}

/** An object whose names a plain one would lose, reorder or repeat. */
function oddObject(members: readonly (readonly [string, WorkflowValue])[]): WorkflowObject {
  const unique = new Map<string, WorkflowValue>();
  for (const [name, value] of members) {
    unique.delete(name);
    unique.set(name, value);
  }
  const object: Record<string, WorkflowValue> = {};
  for (const [name, value] of unique) {
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  const order = [...unique.keys()];
  if (order.some(isIntegerLike)) Object.defineProperty(object, nameOrder, { value: order });
  return object;
}

/** The spelling under which an object holds a name: the exact one first, else the first in any case. */
export function spellingOf(object: WorkflowObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  if (hasOwnOrder(object)) return namesOf(object).find((candidate) => isSpelling(candidate, name));
  // Without a list of the names: most look-ups of a name that is not there end without a comparison.
  let names = 0;
  for (const candidate in object) {
    if (isSpelling(candidate, name)) return candidate;
    names += 1;
  }
  countWork(names);
  return undefined;
}

function isSpelling(candidate: string, name: string): boolean {
  return candidate.length === name.length && candidate.toLowerCase() === name.toLowerCase();
}

/** A member by name without regard to case, the exact spelling first; undefined when there is none. */
export function memberOf(object: WorkflowObject, name: string): WorkflowValue | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const spelling = spellingOf(object, name);
  return spelling === undefined ? undefined : object[spelling];
}

/** A copy of `object` with the member set; an existing one (in any case) is replaced and moves to the end. */
export function withMember(
  object: WorkflowObject,
  name: string,
  value: WorkflowValue,
): WorkflowObject {
  return objectOf([...membersOf(withoutMember(object, name)), [name, value]]);
}

/** A copy of `object` without the member of that name in any case. */
export function withoutMember(object: WorkflowObject, name: string): WorkflowObject {
  const spelling = spellingOf(object, name);
  if (spelling === undefined) return object;
  return objectOf(membersOf(object).filter(([candidate]) => candidate !== spelling));
}
