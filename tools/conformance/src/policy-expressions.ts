import { randomBytes } from 'node:crypto';
import {
  DateTime,
  DotNetError,
  Decimal,
  Guid,
  invariantCulture,
  parseDateTime,
  parseDateTimeOffset,
  parseDocument,
  parseElement,
  parseTimeSpan,
  parseToken,
  readJwt,
} from '@isthmus/dotnet';
import {
  boxAs,
  compileExpression,
  EvaluationError,
  netAuthorization,
  netJwt,
  netResponse,
  newArray,
  newDictionary,
  newList,
  renderTyped,
  type EvaluationHost,
  type TypedValue,
} from '@isthmus/policy-expressions';
import { contextOf, responseOf, ticksOf } from './vector-context.js';
import type { Vector, VectorResult } from './vectors.js';

type Json = Record<string, unknown>;

export const topics: readonly string[] = [
  'smoke',
  'language',
  'operators',
  'linq',
  'linq-matrix',
  'context',
  'context-matrix',
  'policies',
  'corpus',
  'numbers',
  'text',
  'encoding',
  'regex',
  'dates',
  'crypto',
  'json',
  'xml',
  'dates-unlisted',
  'json-unlisted',
  'xml-unlisted',
];

const host: EvaluationHost = {
  now: () => ticksOf(new Date().toISOString()),
  random: () => Math.random(),
  randomBytes: (count) => new Uint8Array(randomBytes(count)),
};

const invariant = { culture: invariantCulture, now: DateTime.fromTicks(638_000_000_000_000_000n) };

/** A typed value of a vector's variables as an `object` value. */
function variable(typed: Json): unknown {
  const type = String(typed['type']);
  const text = String(typed['value']);
  switch (type) {
    case 'null':
      return null;
    case 'string':
      return typed['value'];
    case 'bool':
      return text === 'true' || text === 'True';
    case 'char':
      return boxAs('char', text.charCodeAt(0));
    case 'long':
    case 'ulong':
      return boxAs(type, BigInt(text));
    case 'decimal':
      return Decimal.fromLiteral(text);
    case 'byte[]':
      return Uint8Array.from(Buffer.from(String(typed['base64']), 'base64'));
    default:
      return /^(int|short|sbyte|byte|ushort|uint|double|float)$/.test(type)
        ? boxAs(type, Number(text))
        : objectVariable(type, typed, text);
  }
}

function objectVariable(type: string, typed: Json, text: string): unknown {
  const items = (): unknown[] =>
    (typed['items'] as Json[]).map((i) =>
      type.startsWith('int') ? Number(i['value']) : i['value'],
    );
  switch (type) {
    case 'DateTime':
      return text.endsWith('Z')
        ? DateTime.fromTicks(ticksOf(text), 'Utc')
        : parseDateTime(text, invariant);
    case 'DateTimeOffset':
      return parseDateTimeOffset(text, invariant);
    case 'TimeSpan':
      return parseTimeSpan(text);
    case 'Guid':
      return Guid.parse(text);
    case 'JObject':
    case 'JArray':
    case 'JToken':
    case 'JValue':
      return parseToken(String(typed['json']));
    case 'XElement':
      return parseElement(String(typed['xml']));
    case 'XDocument':
      return parseDocument(String(typed['xml']));
    case 'Jwt':
      return netJwt(readJwt(String(typed['token']).replace(/^bearer\s+/i, '')));
    case 'Authorization':
      return netAuthorization(String(typed['accessToken']), {});
    case 'IResponse':
      return netResponse(responseOf(typed['response'] as Json));
    case 'string[]':
    case 'int[]':
      return newArray(type.slice(0, -2), items());
    case 'List<string>':
      return newList('string', items());
    case 'Dictionary<string,string>':
      return newDictionary(
        'string',
        'string',
        (typed['entries'] as [Json, Json][]).map(([k, v]) => [k['value'], v['value']] as const),
      );
    default:
      throw new Error(`variable of type ${type}`);
  }
}

/** Runs one line; see the README of the vectors for what is compared. */
export function runVector(vector: Vector, fixtures: unknown): VectorResult {
  const outcome = evaluate(vector, fixtures as Json);
  const passed = agrees(vector, outcome);
  return passed ? { outcome: 'passed' } : { outcome: 'failed', actual: outcome };
}

interface Outcome {
  readonly result?: TypedValue;
  readonly error?: { readonly type: string | null; readonly message: string };
  readonly compileError?: { readonly code: string; readonly message: string };
  readonly crash?: string;
  readonly timeout?: boolean;
}

function evaluate(vector: Vector, fixtures: Json): Outcome {
  try {
    const compiled = compileExpression(String(vector['expression']));
    if (!compiled.ok) return { compileError: compiled.problems[0]! };
    const contexts = fixtures['contexts'] as Record<string, Json>;
    const source = contexts[(vector['context'] as string | undefined) ?? 'get-order']!;
    const typed = {
      ...(source['variables'] as Json),
      ...(vector['variables'] as Json | undefined),
    } as Record<string, Json>;
    const variables = new Map(
      Object.entries(typed).map(([name, value]) => [name, variable(value)]),
    );
    const context = contextOf(fixtures, source, (vector['with'] ?? {}) as Json, variables);
    return { result: renderTyped(compiled.expression.evaluate(context, host)) };
  } catch (error) {
    if (error instanceof EvaluationError) {
      return error.typeName === null
        ? { timeout: true }
        : { error: { type: error.typeName, message: error.message } };
    }
    if (error instanceof DotNetError)
      return { error: { type: error.typeName, message: error.message } };
    return { crash: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function agrees(vector: Vector, outcome: Outcome): boolean {
  if (vector['unlisted'] !== undefined && outcome.compileError !== undefined) return true;
  if (vector['compileError'] !== undefined) return outcome.compileError !== undefined;
  if (vector['timeout'] !== undefined) return outcome.timeout === true;
  const expected = vector['error'] as { type: string } | undefined;
  if (expected !== undefined) return outcome.error?.type === expected.type;
  const result = vector['result'] as Json | undefined;
  if (result === undefined || outcome.result === undefined) return false;
  if (result['unstable'] === true) return outcome.result.type === result['type'];
  return sameValue(result, outcome.result);
}

/** Every field that the vector gives must be the same. */
function sameValue(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) &&
      expected.length === actual.length &&
      expected.every((e, i) => sameValue(e, actual[i]))
    );
  if (typeof expected !== 'object' || expected === null) return expected === actual;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(expected).every(([key, value]) => sameValue(value, (actual as Json)[key]));
}
