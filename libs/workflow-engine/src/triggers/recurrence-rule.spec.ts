import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { WorkflowValue } from '@isthmus/workflow-expressions';
import { parse } from 'yaml';
import { nextOccurrence, recurrenceRule } from './recurrence-rule.js';

interface Case {
  name: string;
  recurrence: WorkflowValue;
  after?: string;
  enabled?: string;
  expect?: string[];
  refused?: string;
}

const cases = parse(
  readFileSync(new URL('./recurrence-rule.cases.yaml', import.meta.url), 'utf8'),
) as Case[];

const nameOf = (test: Case): string => test.name;

describe('recurrence', () => {
  it.each(
    cases.filter((test) => test.refused === undefined).map((test) => [nameOf(test), test] as const),
  )('%s', (_name, test) => {
    const rule = recurrenceRule(test.recurrence);
    if (typeof rule === 'string') throw new Error(rule);
    const enabled = Date.parse(test.enabled ?? test.after ?? '');
    const found: string[] = [];
    let after = Date.parse(test.after ?? '');
    for (const _ of test.expect ?? []) {
      after = nextOccurrence(rule, after, enabled) ?? Number.NaN;
      found.push(new Date(after).toISOString().replace('.000Z', 'Z'));
    }
    expect(found).toEqual(test.expect);
  });

  it.each(
    cases.filter((test) => test.refused !== undefined).map((test) => [nameOf(test), test] as const),
  )('%s', (_name, test) => {
    expect(recurrenceRule(test.recurrence)).toEqual(expect.stringContaining(test.refused ?? ''));
  });
});
