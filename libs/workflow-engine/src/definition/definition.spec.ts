import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { valueOf, writeJson, type WorkflowObject } from '@isthmus/workflow-expressions';
import { parse } from 'yaml';
import { loadProject, loadWorkflowDocument } from './load-document.js';
import { validateDefinition } from './validate-definition.js';
import { validateWorkflowDocument } from './validate-document.js';

interface Expected {
  readonly ok?: boolean;
  readonly error?: string;
  readonly warning?: string;
  readonly pointer?: string;
  readonly action?: string;
  readonly line?: number;
  readonly column?: number;
  readonly kind?: string;
  readonly workflows?: readonly unknown[];
  readonly resources?: readonly unknown[];
}

interface DefinitionCase {
  readonly name: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly expect: Expected;
}

interface DocumentCase {
  readonly name: string;
  readonly file: string;
  readonly document: unknown;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly appSettings?: Readonly<Record<string, string>>;
  readonly now?: string;
  readonly expect: Expected;
}

function casesOf<T>(file: string): (readonly [string, T])[] {
  const list = parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as (T & {
    name: string;
  })[];
  return list.map((each) => [each.name, each] as const);
}

function textOfFile(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content, undefined, 2);
}

/** What a case says about one of the problems. */
function problemLike({ error, warning, pointer, action, line, column }: Expected): unknown {
  return expect.objectContaining({
    severity: error === undefined ? 'warning' : 'error',
    message: expect.stringContaining(error ?? warning ?? ''),
    ...(pointer === undefined ? {} : { pointer }),
    ...(action === undefined ? {} : { action }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  });
}

function findingsLike(expected: Expected): unknown {
  // eslint-disable-next-line jest/no-conditional-expect -- a matcher, not an assertion
  return expected.ok === true ? [] : expect.arrayContaining([problemLike(expected)]);
}

describe('validateDefinition', () => {
  it.each(casesOf<DefinitionCase>('definition.cases.yaml'))(
    '%s',
    (_name, { definition, expect: expected }) => {
      const text = JSON.stringify({
        triggers: { manual: { type: 'Request' } },
        ...definition,
      })
        .replace('LONG', `@concat('${'x'.repeat(8200)}')`)
        .replace('FULL', `@concat('${'x'.repeat(8182)}')`.slice(0, 8193));
      const findings = validateDefinition(valueOf(JSON.parse(text)) as WorkflowObject);
      expect(findings).toEqual(findingsLike(expected));
    },
  );

  it('handles definitions of hostile size', () => {
    const actions: Record<string, unknown> = {};
    for (let index = 0; index < 3000; index += 1) {
      actions[`A${index}`] = {
        type: 'Compose',
        inputs: index > 0 ? `@outputs('A0')` : 1,
        runAfter: index > 0 ? { [`A${index - 1}`]: ['Succeeded'] } : {},
      };
    }
    const findings = validateDefinition(valueOf({ actions }) as WorkflowObject);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('at most 500'),
    ]);
  });
});

describe('loadWorkflowDocument', () => {
  it.each(casesOf<DocumentCase>('document.cases.yaml'))('%s', (_name, given) => {
    const siblings = new Map(
      Object.entries(given.files ?? {}).map(
        ([name, content]) => [name, textOfFile(content)] as const,
      ),
    );
    const loaded = loadWorkflowDocument(textOfFile(given.document), given.file, {
      siblings,
      ...(given.appSettings === undefined ? {} : { appSettings: given.appSettings }),
      ...(given.now === undefined ? {} : { now: Date.parse(given.now) }),
    });
    const expected = given.expect;
    expect(loaded.kind).toBe(expected.kind);
    const isProblem = expected.error !== undefined || expected.warning !== undefined;
    expect(loaded.problems).toEqual(
      expect.arrayContaining(isProblem ? [problemLike(expected)] : []),
    );
    expect({
      ok: loaded.ok,
      problems: loaded.problems.filter(
        ({ severity }) => expected.ok === true && severity === 'error',
      ),
    }).toEqual({ ok: expected.ok, problems: [] });
    const plain = JSON.parse(
      writeJson(valueOf({ workflows: loaded.workflows, resources: loaded.resources })),
    ) as unknown;
    const { workflows, resources } = expected;
    expect(plain).toMatchObject({
      ...(workflows && { workflows }),
      ...(resources && { resources }),
    });
  });

  it.each([
    [
      'variables that double',
      (index: number) => `[concat(variables('v${index + 1}'), variables('v${index + 1}'))]`,
      'too large',
    ],
    [
      'variables in a long chain',
      (index: number) => `[variables('v${index + 1}')]`,
      'nested too deeply',
    ],
    ['a variable of itself', () => "[variables('v0')]", 'defined by itself'],
  ])('refuses %s', (_name, variable, message) => {
    const length = message === 'too large' ? 40 : 20_000;
    const entries = Array.from({ length }, (_, index) => [`v${index}`, variable(index)] as const);
    const loaded = loadWorkflowDocument(
      JSON.stringify({
        contentVersion: '1.0.0.0',
        variables: { ...Object.fromEntries(entries), [`v${length}`]: 'x' },
        resources: [
          {
            type: 'Microsoft.Logic/workflows',
            name: "[variables('v0')]",
            properties: { definition: { actions: {} } },
          },
        ],
      }),
      'bomb.json',
    );
    expect(loaded.ok).toBe(false);
    expect(loaded.problems.map((problem) => problem.message).join('\n')).toContain(message);
  });

  it('keeps the text verbatim', () => {
    const text = '{ "actions" : { } } // end';
    expect(loadWorkflowDocument(text, 'a.json').workflows[0]?.text).toBe(text);
  });
});

describe('loadProject', () => {
  it('loads every folder with a workflow.json', () => {
    const files = new Map([
      ['host.json', '{}'],
      ['one/workflow.json', '{"definition":{"actions":{}},"kind":"Stateful"}'],
      ['two/workflow.json', '{"definition":{"actions":{}},"kind":"Stateless"}'],
      ['workflow-designtime/workflow.json', '{"definition":{"actions":{}}}'],
    ]);
    expect(loadProject(files).workflows.map(({ name, kind }) => [name, kind])).toEqual([
      ['one', 'Stateful'],
      ['two', 'Stateless'],
    ]);
  });
});

describe('validateWorkflowDocument', () => {
  it('gives what the command line prints', () => {
    expect(validateWorkflowDocument('{"actions":{"A":{"type":"Nope"}}}', 'a.json')).toEqual({
      kind: 'definition',
      ok: false,
      problems: [
        expect.objectContaining({ code: 'InvalidTemplate', line: 1, column: 25, action: 'A' }),
      ],
    });
  });
});
