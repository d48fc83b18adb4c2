import type { Headers } from '../model/headers.js';
import type { ExpectedMessage, TextExpectation } from './policy-case.js';

/** Says what differs; nothing when all agrees. */
export type Differences = string[];

export function compareText(
  what: string,
  expected: TextExpectation | undefined,
  actual: string | undefined,
  into: Differences,
): void {
  if (expected === undefined) return;
  if (expected === null) {
    if (actual !== undefined) into.push(`${what}: expected none, got ${JSON.stringify(actual)}`);
  } else if (typeof expected === 'object') {
    if (actual === undefined || !new RegExp(expected.matches, 's').test(actual))
      into.push(`${what}: expected to match /${expected.matches}/, got ${JSON.stringify(actual)}`);
  } else if (actual !== String(expected))
    into.push(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

export function compareMessage(
  what: string,
  expected: ExpectedMessage,
  actual: { headers: Headers; body: string },
  into: Differences,
): void {
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const found = actual.headers.get(name);
    if (Array.isArray(value)) compareJson(`${what} header ${name}`, value, found ?? [], into);
    else compareText(`${what} header ${name}`, value as TextExpectation, found?.join(', '), into);
  }
  compareText(`${what} body`, expected.body, actual.body, into);
  if (expected.json !== undefined)
    compareJson(`${what} body`, expected.json, parse(actual.body), into);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export function compareJson(
  what: string,
  expected: unknown,
  actual: unknown,
  into: Differences,
): void {
  if (!equal(expected, actual))
    into.push(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

/** Lists of the same length whose entries agree as far as they are listed. */
export function compareList(
  what: string,
  expected: readonly Readonly<Record<string, unknown>>[],
  actual: readonly object[],
  into: Differences,
): void {
  if (expected.length !== actual.length) {
    into.push(
      `${what}: expected ${expected.length}, got ${actual.length}: ${JSON.stringify(actual)}`,
    );
    return;
  }
  for (const [i, entry] of expected.entries()) {
    for (const [key, value] of Object.entries(entry)) {
      const at = `${what}[${i}].${key}`;
      const found = (actual[i] as Record<string, unknown>)[key];
      if (isPattern(value) && typeof found === 'string') compareText(at, value, found, into);
      else compareJson(at, value, found, into);
    }
  }
}

function isPattern(value: unknown): value is { readonly matches: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'matches' in value &&
    typeof value.matches === 'string'
  );
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (
    typeof a !== 'object' ||
    typeof b !== 'object' ||
    a === null ||
    b === null ||
    Array.isArray(a) !== Array.isArray(b)
  )
    return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
