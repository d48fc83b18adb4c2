import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  textOf,
  writeJson,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/**
 * Where a value is not as expected. Objects are compared as far as their members are listed; a member that is
 * expected to be null may be missing; `{ matches: … }` is a regular expression; arrays and scalars are compared
 * completely, numbers by value.
 */
export function differences(
  expected: WorkflowValue,
  actual: WorkflowValue | undefined,
  at: string,
): string[] {
  if (isObject(expected)) {
    const pattern = memberOf(expected, 'matches');
    if (typeof pattern === 'string' && membersOf(expected).length === 1) {
      return new RegExp(pattern).test(textOf(actual ?? null))
        ? []
        : [`${at}: ${show(actual)} does not match ${pattern}`];
    }
    if (!isObject(actual)) return [`${at}: expected ${show(expected)}, got ${show(actual)}`];
    return membersOf(expected).flatMap(([name, value]) =>
      differences(value, memberOf(actual, name), `${at}.${name}`),
    );
  }
  if (isArray(expected)) {
    if (!isArray(actual) || actual.length !== expected.length)
      return [`${at}: expected ${show(expected)}, got ${show(actual)}`];
    return expected.flatMap((value, index) => differences(value, actual[index], `${at}[${index}]`));
  }
  const isSame =
    expected === null ? actual === null || actual === undefined : show(expected) === show(actual);
  return isSame ? [] : [`${at}: expected ${show(expected)}, got ${show(actual)}`];
}

function show(value: WorkflowValue | undefined): string {
  return value === undefined ? 'nothing' : writeJson(value).replace(/^(-?\d+)\.0$/, '$1');
}
