import { withinResources } from '../within-resources.js';
import { argumentOutOfRange, DotNetError } from '../dotnet-error.js';
import { JArray } from './j-array.js';
import { JContainer, listIndex } from './j-container.js';
import { JConstructor } from './j-constructor.js';
import { JObject } from './j-object.js';
import type { JToken } from './j-token.js';
import { valueText } from './value-text.js';
import { JProperty } from './j-property.js';
import { JValue } from './j-value.js';
import { parsePath } from './json-path-parser.js';
import type { PathFilter, QueryExpression, QueryOperand } from './json-path-tree.js';
import { compareQuery, equalQuery, strictEqualQuery } from './json-path-compare.js';

/** A regular expression test as JSONPath's `=~` needs it: pattern and options `i`, `m`, `s`, `x`. */
export type MatchRegex = (text: string, pattern: string, options: string) => boolean;

interface Evaluation {
  readonly errorWhenNoMatch: boolean;
  readonly root: JToken;
  readonly regex: MatchRegex;
  /** Counts the tokens looked at. */
  readonly step: () => void;
}

// Tokens a path may look at; repeated `..` multiply.
const stepLimit = 2_000_000;

/** `SelectTokens(path, errorWhenNoMatch)` of Newtonsoft: its own dialect of JSONPath. */
export function selectTokens(
  token: JToken,
  path: string,
  options: { errorWhenNoMatch?: boolean; regex?: MatchRegex } = {},
): JToken[] {
  let steps = 0;
  const evaluation: Evaluation = {
    errorWhenNoMatch: options.errorWhenNoMatch ?? false,
    root: token,
    regex: options.regex ?? matchPlain,
    step: () => {
      if (++steps > stepLimit) throw jsonException('The path takes too many steps.');
    },
  };
  return withinResources(() => evaluate(parsePath(path), [token], evaluation));
}

/** `SelectToken(path, errorWhenNoMatch)`: null without match; several matches are an error. */
export function selectToken(
  token: JToken,
  path: string,
  options: { errorWhenNoMatch?: boolean; regex?: MatchRegex } = {},
): JToken | null {
  const found = selectTokens(token, path, options);
  if (found.length > 1) throw jsonException('Path returned multiple tokens.');
  return found[0] ?? null;
}

const matchPlain: MatchRegex = (text, pattern) => text.includes(pattern);

function evaluate(filters: readonly PathFilter[], start: JToken[], at: Evaluation): JToken[] {
  let current = start;
  for (const filter of filters)
    current = current.flatMap((token) => applyFilter(filter, token, at));
  return current;
}

function applyFilter(filter: PathFilter, token: JToken, at: Evaluation): JToken[] {
  at.step();
  switch (filter.kind) {
    case 'root':
      return [at.root];
    case 'field':
      return fieldOf(token, filter.name, at);
    case 'fields':
      return filter.names.flatMap((name) => fieldOf(token, name, at));
    case 'index':
      return indexOf(token, filter.index, at);
    case 'indexes':
      return filter.indexes.flatMap((index) => indexOf(token, index, at));
    case 'slice':
      return sliceOf(token, filter, at);
    case 'scan':
      return [...scan(token, filter.name === null ? null : [filter.name], at)];
    case 'scanMany':
      return [...scan(token, filter.names, at)];
    case 'query':
      // The children of an object are its properties, which no condition fits.
      return token.children().filter((child) => holds(filter.expression, child, at));
    case 'queryScan':
      return [token, ...(token instanceof JContainer ? token.descendants() : [])].filter((child) =>
        holds(filter.expression, child, at),
      );
  }
}

function fieldOf(token: JToken, name: string | null, at: Evaluation): JToken[] {
  if (token instanceof JObject) {
    if (name === null) return token.properties().map((property) => property.value);
    const value = token.get(name);
    if (value) return [value];
    if (at.errorWhenNoMatch) throw jsonException(`Property '${name}' does not exist on JObject.`);
    return [];
  }
  if (at.errorWhenNoMatch)
    throw jsonException(`Property '${name ?? '*'}' not valid on ${token.className}.`);
  return [];
}

function indexOf(token: JToken, index: number | null, at: Evaluation): JToken[] {
  if (token instanceof JArray || token instanceof JConstructor) {
    if (index === null) return [...token.children()];
    if (index < 0) throw argumentOutOfRange('index', listIndex);
    const item = token.children()[index];
    if (item) return [item];
    if (at.errorWhenNoMatch)
      throw jsonException(`Index ${index} outside the bounds of ${token.className}.`);
    return [];
  }
  if (at.errorWhenNoMatch)
    throw jsonException(`Index ${index ?? '*'} not valid on ${token.className}.`);
  return [];
}

function sliceOf(
  token: JToken,
  filter: Extract<PathFilter, { kind: 'slice' }>,
  at: Evaluation,
): JToken[] {
  if (filter.step === 0) throw new DotNetError('System.ArgumentException', 'Step cannot be zero.');
  if (!(token instanceof JArray)) {
    if (at.errorWhenNoMatch) throw jsonException(`Array slice is not valid on ${token.className}.`);
    return [];
  }
  const { count } = token;
  const step = filter.step ?? 1;
  const place = (index: number): number => (index < 0 ? count + index : index);
  let start = place(filter.start ?? (step > 0 ? 0 : count - 1));
  let end = filter.end === null ? (step > 0 ? count : -1) : place(filter.end);
  start = Math.min(
    Math.max(start, step > 0 ? 0 : Number.MIN_SAFE_INTEGER),
    step > 0 ? count : count - 1,
  );
  end = Math.max(Math.min(end, count), -1);
  const found: JToken[] = [];
  for (let i = start; step > 0 ? i < end : i > end; i += step) found.push(token.at(i));
  if (found.length === 0 && at.errorWhenNoMatch)
    throw jsonException(
      `Array slice of ${filter.start ?? '*'} to ${filter.end ?? '*'} returned no results.`,
    );
  return found;
}

// Every property of these names below; without name the token itself and all values below.
function* scan(token: JToken, names: readonly string[] | null, at: Evaluation): Generator<JToken> {
  if (names === null) yield token;
  if (!(token instanceof JContainer)) return;
  for (const below of token.descendants()) {
    at.step();
    if (below instanceof JProperty) {
      if (names?.includes(below.name)) yield below.value;
    } else if (names === null) yield below;
  }
}

function holds(query: QueryExpression, token: JToken, at: Evaluation): boolean {
  at.step();
  if (query.kind === 'and') return query.parts.every((part) => holds(part, token, at));
  if (query.kind === 'or') return query.parts.some((part) => holds(part, token, at));
  const left = operands(query.left, token, at);
  if (query.operator === 'exists') return left.length > 0;
  const right = operands(query.right, token, at);
  return left.some((a) => right.some((b) => matches(query.operator, a, b, at)));
}

function operands(operand: QueryOperand, token: JToken, at: Evaluation): JToken[] {
  if (operand instanceof JValue) return [operand];
  const inner: Evaluation = { ...at, errorWhenNoMatch: false };
  const [first, ...rest] = operand;
  if (first?.kind === 'root') return evaluate(rest, [at.root], inner);
  return evaluate(operand, [token], inner);
}

function matches(operator: string, a: JToken, b: JToken, at: Evaluation): boolean {
  if (!(a instanceof JValue) || !(b instanceof JValue)) return operator === '!=';
  switch (operator) {
    case '=~':
      return matchesRegex(a, b, at);
    case '==':
      return equalQuery(a, b);
    case '===':
      return strictEqualQuery(a, b);
    case '!=':
      return !equalQuery(a, b);
    case '!==':
      return !strictEqualQuery(a, b);
    default:
      return ordered(operator, compareQuery(a, b));
  }
}

function ordered(operator: string, order: number): boolean {
  if (operator === '>') return order > 0;
  if (operator === '>=') return order >= 0;
  return operator === '<' ? order < 0 : order <= 0;
}

function matchesRegex(a: JValue, b: JValue, at: Evaluation): boolean {
  if (a.type !== 'String' || b.type !== 'String') return false;
  const pattern = valueText(b);
  const end = pattern.lastIndexOf('/');
  return at.regex(valueText(a), pattern.slice(1, end), pattern.slice(end + 1));
}

function jsonException(message: string): DotNetError {
  return new DotNetError('Newtonsoft.Json.JsonException', message);
}
