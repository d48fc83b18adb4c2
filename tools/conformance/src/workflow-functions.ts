import {
  compileTemplate,
  parseJson,
  valueOf,
  writeJson,
  isObject,
  WorkflowExpressionError,
  type EvaluationScope,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { Vector, VectorResult } from './vectors.js';

/** The topics of the vectors that this file runs. */
export const topics: readonly string[] = ['workflow-functions', 'workflow-dates'];

interface Expected {
  readonly json?: unknown;
  /** Where only the JSON text tells: `3.0`, integers beyond 2^53. */
  readonly text?: string;
  /** Of workflow-dates: a typed value. */
  readonly type?: string;
  readonly value?: string | boolean;
}

function scopeOf(parameters: WorkflowValue): EvaluationScope {
  return {
    parameter: (name) => (isObject(parameters) ? parameters[name] : undefined),
    now: () => Date.UTC(2026, 1, 3, 4, 5, 6, 789),
    newGuid: () => globalThis.crypto.randomUUID(),
    random: () => 0.5,
  };
}

/** JSON text in which members stand in the order of their names: the order of members is not compared. */
function sortedText(value: WorkflowValue): string {
  if (Array.isArray(value))
    return `[${value.map((item: WorkflowValue) => sortedText(item)).join(',')}]`;
  if (!isObject(value)) return writeJson(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${sortedText(value[name] as WorkflowValue)}`).join(',')}}`;
}

function plain(value: WorkflowValue): unknown {
  return JSON.parse(sortedText(value)) as unknown;
}

function agrees(expected: Expected, actual: WorkflowValue): boolean {
  if (expected.text !== undefined) return writeJson(actual) === expected.text;
  if (expected.type === undefined) {
    return sortedText(valueOf(plain(actual))) === sortedText(valueOf(expected.json));
  }
  switch (expected.type) {
    case 'string':
      return actual === expected.value;
    case 'bool':
      return (
        actual ===
        (expected.value === true || expected.value === 'true' || expected.value === 'True')
      );
    default:
      return (
        (typeof actual === 'number' || typeof actual === 'bigint') &&
        String(actual) === String(expected.value)
      );
  }
}

/** Runs one vector of the topics. Its text is read again, because numbers matter: 1.0 is no 1. */
export function runVector(vector: Vector): VectorResult {
  const { expression, template, result, error } = vector as Partial<
    Readonly<Record<string, unknown>>
  >;
  const exact = parseJson(
    typeof vector['line'] === 'string' ? vector['line'] : JSON.stringify(vector),
  );
  const inputs = isObject(exact) ? exact['inputs'] : undefined;
  const parameters = isObject(inputs) ? (inputs['parameters'] ?? null) : null;
  const source = typeof template === 'string' ? template : `@${String(expression)}`;
  try {
    const actual = compileTemplate(source).evaluate(scopeOf(parameters));
    if (result !== undefined && agrees(result as Expected, actual)) return { outcome: 'passed' };
    return { outcome: 'failed', actual: writeJson(actual) };
  } catch (failure) {
    if (!(failure instanceof WorkflowExpressionError)) throw failure;
    if (error !== undefined) return { outcome: 'passed' };
    return { outcome: 'failed', actual: { error: failure.message } };
  }
}
