import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import {
  compileCondition,
  compileTemplate,
  functionGroups,
  functions,
  valueOf,
  WorkflowExpressionError,
  writeJson,
  type ActionView,
  type CompiledTemplate,
  type EvaluationScope,
  type WorkflowObject,
  type WorkflowValue,
} from './index.js';

interface Case {
  readonly name: string;
  /** One of: an expression without `@`, any JSON value of a definition, the condition of an If. */
  readonly expression?: string;
  readonly template?: unknown;
  readonly condition?: unknown;
  /** Parameters by name. */
  readonly given?: Readonly<Record<string, unknown>>;
  readonly expect: { readonly value?: unknown; readonly json?: string; readonly error?: string };
}

function view(name: string, outputs: WorkflowObject): ActionView {
  return {
    outputs,
    body: outputs['body'] ?? null,
    record: () => ({ name, status: 'Succeeded', outputs }),
  };
}

const part = (name: string, body: string): WorkflowValue => ({
  headers: { 'Content-Disposition': `form-data; name="${name}"` },
  body,
});
const multipart: WorkflowObject = {
  headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
  body: {
    '$content-type': 'multipart/form-data; boundary=x',
    $content: '',
    $multipart: [part('title', 'first'), part('other', 'second')],
    order: 'A-1',
  },
};
const actions: Readonly<Record<string, ActionView>> = {
  call: view('Call', {
    statusCode: 200,
    headers: { 'Content-Type': 'application/json' },
    body: { id: 42 },
  }),
  upload: view('Upload', multipart),
  form: view('Form', {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: {
      '$content-type': 'application/x-www-form-urlencoded',
      $content: '',
      $formdata: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
        { key: 'b', value: '3' },
      ],
    },
  }),
};

function scopeOf(given: Readonly<Record<string, unknown>>): EvaluationScope {
  return {
    parameter: (name) => (Object.hasOwn(given, name) ? valueOf(given[name]) : undefined),
    variable: (name) => (name === 'total' ? 7 : undefined),
    action: (name) => actions[name.toLowerCase()],
    currentAction: () => actions['call'],
    trigger: () =>
      view('manual', {
        ...multipart,
        headers: { ...(multipart['headers'] as WorkflowObject), 'x-id': 't1' },
      }),
    item: () => 'i1',
    itemOf: (loop) => (loop === 'Loop' ? 'i1' : undefined),
    iterationIndexOf: (loop) => (loop === 'Until' ? 2 : undefined),
    resultOf: (scope) => (scope === 'Scope' ? [{ name: 'Call' }] : undefined),
    workflow: () => ({ name: 'w', run: { name: 'run-1' } }),
    callbackUrl: () => 'https://host/callback',
    appSetting: (name) => (name === 'Region' ? 'eu' : undefined),
    agentParameter: (name) => (name === 'city' ? 'Paris' : undefined),
    now: () => Date.UTC(2026, 1, 3, 4, 5, 6, 789) + 0.125,
    newGuid: () => '0f8fad5b-d9cb-469f-a165-70867728950e',
    random: () => 0.5,
  };
}

function compiled({ expression, template, condition }: Case): CompiledTemplate {
  if (expression !== undefined) return compileTemplate(`@${expression}`);
  return condition === undefined
    ? compileTemplate(valueOf(template))
    : compileCondition(valueOf(condition));
}

function outcome(given: Case): { json: string } | { error: string } {
  try {
    return { json: writeJson(compiled(given).evaluate(scopeOf(given.given ?? {}))) };
  } catch (error) {
    if (!(error instanceof WorkflowExpressionError)) throw error;
    return { error: error.message };
  }
}

function expectation({ expect: { error, json, value } }: Case): unknown {
  // eslint-disable-next-line jest/no-conditional-expect -- a matcher, not an assertion
  if (error !== undefined) return { error: expect.stringContaining(error) };
  return { json: json ?? writeJson(valueOf(value)) };
}

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.cases.yaml'),
);
const cases = new Map(
  files.map((file) => [file, parse(readFileSync(new URL(file, folder), 'utf8')) as Case[]]),
);

describe.each([...cases])('%s', (_file, list) => {
  it.each(list.map((each) => [each.name, each] as const))('%s', (_name, each) => {
    expect(outcome(each)).toEqual(expectation(each));
  });
});

describe('functions', () => {
  const text = [...cases.values()]
    .flat()
    .map((each) => JSON.stringify(each).toLowerCase())
    .join('\n');
  it.each([...functions.keys()])('%s has a case', (name) => {
    expect(text).toContain(`${name}(`);
  });

  it('stand in one group each', () => {
    const names = Object.values(functionGroups)
      .flat()
      .map(({ name }) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });
});
