import { describe, expect, it } from '@jest/globals';
import {
  compileCondition,
  compileTemplate,
  type EvaluationScope,
  type WorkflowValue,
} from './index.js';

const scope: EvaluationScope = {
  parameter: (name) => (name === 'n' ? 5 : undefined),
  now: () => 0,
  newGuid: () => '',
  random: () => 0,
};

describe('compileTemplate', () => {
  it('tells constants from templates', () => {
    expect(compileTemplate({ a: ['x', '@@y', 1] }).isConstant).toBe(true);
    expect(compileTemplate({ a: ['x', "@{parameters('n')}"] }).isConstant).toBe(false);
  });

  it('lists what it reads', () => {
    const { references, functions } = compileTemplate({
      a: "@concat(body('Call')?['x'], variables('v'), items(parameters('n')))",
      b: "@{result('Scope')[outputs('Other')]}",
    });
    expect(references.map(({ kind, name }) => [kind, name])).toEqual([
      ['action', 'Call'],
      ['variable', 'v'],
      ['item', undefined],
      ['parameter', 'n'],
      ['result', 'Scope'],
      ['action', 'Other'],
    ]);
    expect(functions.has('concat')).toBe(true);
  });

  it('shows every expression with its value', () => {
    const seen: [string, WorkflowValue][] = [];
    const traced: EvaluationScope = {
      ...scope,
      onExpression: (text, value) => seen.push([text, value]),
    };
    compileTemplate({ a: "@add(parameters('n'), 1)", b: "x@{parameters('n')}" }).evaluate(traced);
    expect(seen).toEqual([
      ["add(parameters('n'), 1)", 6],
      ["parameters('n')", 5],
    ]);
  });
});

describe('compileCondition', () => {
  it('lists what its operands read', () => {
    const { references, functions } = compileCondition({
      and: [{ equals: ["@body('A')", { length: ["@variables('v')"] }] }],
    });
    expect(references.map(({ name }) => name)).toEqual(['A', 'v']);
    expect([...functions].sort()).toEqual(['and', 'body', 'equals', 'length', 'variables']);
  });
});
