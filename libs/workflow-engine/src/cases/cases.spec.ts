import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import {
  isArray,
  isObject,
  memberOf,
  textOf,
  membersOf,
  valueOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { parse } from 'yaml';
import { actionTypes } from '../actions/index.js';
import { runWorkflowCase } from './workflow-case.js';

const source = join(dirname(fileURLToPath(import.meta.url)), '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter(
    (file) =>
      file.endsWith('.cases.yaml') &&
      !file.startsWith('definition') &&
      !file.startsWith('triggers'),
  )
  .sort();
const suites = files.map((file) => {
  const cases = valueOf(parse(readFileSync(join(source, file), 'utf8')));
  return { file, cases: isArray(cases) ? cases.filter((one) => isObject(one)) : [] };
});

for (const { file, cases } of suites) {
  describe(`${basename(file, '.cases.yaml')}`, () => {
    it.each(cases.map((test) => [textOf(memberOf(test, 'name') ?? null), test] as const))(
      '%s',
      (_name, test) => {
        expect(runWorkflowCase(test)).toEqual([]);
      },
    );
  });
}

describe('the list of action types', () => {
  const used = new Set<string>();
  for (const { cases } of suites) for (const test of cases) collectTypes(test, used);

  it.each(actionTypes.filter((type) => type.unsupported === undefined).map((type) => type.type))(
    '%s has cases',
    (type) => {
      expect(used.has(type.toLowerCase())).toBe(true);
    },
  );
});

function collectTypes(value: WorkflowValue, types: Set<string>): void {
  if (isArray(value)) for (const item of value) collectTypes(item, types);
  if (!isObject(value)) return;
  const type = memberOf(value as WorkflowObject, 'type');
  if (typeof type === 'string') types.add(type.toLowerCase());
  for (const [, member] of membersOf(value)) collectTypes(member, types);
}
