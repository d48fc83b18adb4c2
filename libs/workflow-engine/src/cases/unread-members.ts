import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';

const caseNames = [
  ...['name', 'source', 'workflow', 'definition', 'actions', 'kind', 'parameters'],
  ...['given', 'expect'],
];
const givenNames = [
  ...['trigger', 'parameters', 'appSettings', 'maps', 'schemas', 'answers', 'callbacks'],
  ...['now', 'cancelAfter', 'responseExpiresAfter'],
];
const answerNames = ['status', 'headers', 'body', 'delay', 'failure', 'value'];
const failureNames = ['code', 'message', 'retryable'];
const callbackNames = ['headers', 'body', 'after'];

/**
 * What a case says and nobody reads: a slip of the pen there would make a case that cannot fail. (Members of `expect`
 * are all compared.)
 * @returns one sentence for each, nothing when all is read
 */
export function unreadMembers(test: WorkflowObject): string[] {
  const found: string[] = [];
  const check = (value: WorkflowValue | undefined, known: readonly string[], at: string): void => {
    for (const item of isArray(value) ? value : [value])
      for (const [name] of isObject(item) ? membersOf(item) : [])
        if (!known.includes(name)) found.push(`${at}${name}: there is no such member`);
  };
  check(test, caseNames, '');
  const given = objectMember(test, 'given') ?? {};
  check(given, givenNames, 'given.');
  for (const [name, answer] of membersOf(objectMember(given, 'answers') ?? {})) {
    const at = `given.answers.${name}.`;
    check(answer, answerNames, at);
    for (const one of isArray(answer) ? answer : [answer])
      if (isObject(one)) check(memberOf(one, 'failure'), failureNames, `${at}failure.`);
  }
  for (const [name, signal] of membersOf(objectMember(given, 'callbacks') ?? {}))
    check(signal, callbackNames, `given.callbacks.${name}.`);
  for (const name of ['given', 'expect']) {
    const value = memberOf(test, name);
    if (value !== undefined && !isObject(value)) found.push(`${name}: must be an object`);
  }
  if (memberOf(test, 'expect') === undefined)
    found.push('expect: a case that expects nothing cannot fail');
  return found;
}
