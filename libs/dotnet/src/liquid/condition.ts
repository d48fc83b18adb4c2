import { argumentException, argumentNull, DotNetError, invalidCast } from '../dotnet-error.js';
import { compareScalars } from '../json/compare.js';
import { compareText } from '../text/compare.js';
import type { LiquidContext } from './context.js';
import { changeTypeLike } from './convert.js';
import {
  Char,
  Hash,
  Int,
  isNumber,
  LiquidSymbol,
  listOf,
  textOf,
  typeName,
  type LiquidValue,
} from './value.js';
import { DateTime } from '../dates/date-time.js';
import { Decimal } from '../numbers/decimal.js';

/** A condition of `if`, `unless` and `case`. */
export type Condition =
  | { readonly kind: 'always' }
  | {
      readonly kind: 'test';
      readonly left: string | undefined;
      readonly operator: string | undefined;
      readonly right: string | undefined;
    }
  | { readonly kind: 'and' | 'or'; readonly first: Condition; readonly rest: Condition };

const quotedString = `"[^"]*"|'[^']*'`;
/** DotLiquid's QuotedFragment. */
export const quotedFragment = `(?:${quotedString}|(?:[^\\s,\\|'"]|${quotedString})+)`;
const syntax = new RegExp(`(${quotedFragment})\\s*([=!<>a-zA-Z_]+)?\\s*(${quotedFragment})?`);
const connective = '\\b(?:\\s?and\\s?|\\s?or\\s?)\\b';
const pieces = new RegExp(
  `(?:${connective}|(?:\\s*(?!${connective})(?:${quotedFragment}|\\S+)\\s*)+)`,
  'g',
);

/** Parses the markup of `if`; `fail` makes the error of markup that is none. */
export function parseCondition(markup: string, fail: () => DotNetError): Condition {
  const parts = markup.match(pieces) ?? [];
  // From the right: `and` and `or` have no precedence and bind to the right.
  let condition = parseTest(parts.at(-1), fail);
  for (let i = parts.length - 2; i > 0; i -= 2) {
    const word = parts[i]!.trim();
    if (word !== 'and' && word !== 'or') throw fail();
    condition = { kind: word, first: parseTest(parts[i - 1], fail), rest: condition };
  }
  return condition;
}

function parseTest(text: string | undefined, fail: () => DotNetError): Condition {
  const match = text === undefined ? null : syntax.exec(text.trim());
  if (!match) throw fail();
  if (/^(?:and|or)$/.test(text!.trim())) throw argumentNull('input');
  return { kind: 'test', left: match[1], operator: match[2], right: match[3] };
}

/** Whether a condition holds. */
export function holds(condition: Condition, context: LiquidContext): boolean {
  switch (condition.kind) {
    case 'always':
      return true;
    case 'and':
      return holds(condition.first, context) && holds(condition.rest, context);
    case 'or':
      return holds(condition.first, context) || holds(condition.rest, context);
    case 'test': {
      const { left, operator, right } = condition;
      if (operator === undefined) return isTrue(context.resolve(left));
      const test = findOperator(operator);
      return test(context.resolve(left), context.resolve(right));
    }
  }
}

/** Everything but nil and false is true. */
function isTrue(value: LiquidValue): boolean {
  return value !== null && value !== false;
}

type Test = (left: LiquidValue, right: LiquidValue) => boolean;

const operators: Readonly<Record<string, Test>> = {
  '==': equalValues,
  '!=': (left, right) => !equalValues(left, right),
  '<>': (left, right) => !equalValues(left, right),
  '<': (left, right) => ordered(left, right, (order) => order < 0),
  '>': (left, right) => ordered(left, right, (order) => order > 0),
  '<=': (left, right) => ordered(left, right, (order) => order <= 0),
  '>=': (left, right) => ordered(left, right, (order) => order >= 0),
  contains: containsValue,
  startswith: (left, right) => edge(left, right, 'start'),
  endswith: (left, right) => edge(left, right, 'end'),
  haskey: (left, right) => left instanceof Hash && left.find(textOf(right)) !== undefined,
  hasvalue: (left, right) =>
    left instanceof Hash && [...left.entries.values()].some((value) => equalValues(value, right)),
};

function findOperator(name: string): Test {
  const test = operators[name.toLowerCase().replaceAll('_', '')];
  if (test && Object.hasOwn(operators, name.toLowerCase().replaceAll('_', ''))) return test;
  throw argumentException(`Unknown operator ${name}`);
}

/** `==` of Liquid: the right side is converted to the type of the left one. */
export function equalValues(left: LiquidValue, right: LiquidValue): boolean {
  if (left instanceof LiquidSymbol) return left.fits(right);
  if (right instanceof LiquidSymbol) return right.fits(left);
  if (left === null || right === null) return left === right;
  let other: LiquidValue = right;
  if (typeName(left) !== typeName(right)) {
    try {
      other = changeTypeLike(right, left);
    } catch (error) {
      if (!(error instanceof DotNetError)) throw error;
    }
  }
  return sameValue(left, other);
}

/** `Equals` of two values. */
export function sameValue(left: LiquidValue, right: LiquidValue): boolean {
  if (left === right) return true;
  if (left === null || right === null || typeName(left) !== typeName(right)) return false;
  if (left instanceof Int) return left.value === (right as Int).value;
  if (left instanceof Char) return left.text === (right as Char).text;
  if (left instanceof Decimal) return left.equals(right as Decimal);
  return left instanceof DateTime && left.equals(right as DateTime);
}

function ordered(left: LiquidValue, right: LiquidValue, fits: (order: number) => boolean): boolean {
  if (left === null || right === null) return false;
  return fits(compareLiquid(left, convertFor(left, right)));
}

function convertFor(left: LiquidValue, right: LiquidValue): LiquidValue {
  if (left instanceof Hash && typeof right === 'string')
    throw invalidCast("Invalid cast from 'System.String' to 'DotLiquid.Hash'.");
  return changeTypeLike(right, left);
}

/** Comparer.Default: strings by the invariant culture; what has no order is an error. */
export function compareLiquid(left: LiquidValue, right: LiquidValue): number {
  if (left === right) return 0;
  if (typeof left === 'string' && typeof right === 'string')
    return compareText(left, right, 'InvariantCulture');
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (isNumber(left) && isNumber(right) && typeName(left) === typeName(right))
    return left instanceof Int
      ? left.value - (right as Int).value
      : compareScalars('Integer', left, right as Exclude<typeof right, Int>);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof DateTime && right instanceof DateTime) return left.compareTo(right);
  throw argumentException('At least one object must implement IComparable.');
}

function containsValue(left: LiquidValue, right: LiquidValue): boolean {
  const items = listOf(left);
  if (items) return items.some((item) => equalItems(item, right));
  if (typeof left !== 'string' || right === null) return false;
  return left.includes(requireString(right));
}

// Numbers of different types may be equal here.
function equalItems(item: LiquidValue, wanted: LiquidValue): boolean {
  if (isNumber(item) && isNumber(wanted)) return equalValues(item, wanted);
  return sameValue(item, wanted);
}

function requireString(value: LiquidValue): string {
  if (typeof value === 'string') return value;
  throw invalidCast(`Unable to cast object of type '${typeName(value)}' to type 'System.String'.`);
}

function edge(left: LiquidValue, right: LiquidValue, side: 'start' | 'end'): boolean {
  const items = listOf(left);
  if (items) {
    const item = side === 'start' ? items[0] : items.at(-1);
    return item !== undefined && equalItems(item, right);
  }
  if (typeof left !== 'string' || right === null) return false;
  const text = requireString(right);
  return side === 'start' ? left.startsWith(text) : left.endsWith(text);
}
