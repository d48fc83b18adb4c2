import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { BudgetError, compileExpression, EvaluationError, type Budget } from './index.js';
import { sampleContext, stillHost } from './cases/sample-context.js';

fc.configureGlobal({ seed: jest.getSeed() });

const tight: Budget = { steps: 50_000, depth: 200, size: 100_000, milliseconds: 2_000 };

function outcome(expression: string): unknown {
  const compiled = compileExpression(expression);
  if (!compiled.ok) return 'refused';
  try {
    return compiled.expression.evaluate(sampleContext(), { ...stillHost, budget: tight });
  } catch (error) {
    if (error instanceof EvaluationError)
      return error.exception instanceof BudgetError
        ? `budget: ${error.exception.limit}`
        : 'exception';
    throw error;
  }
}

describe('budgets', () => {
  it.each([
    ['@{ while (true) { } }', 'steps'],
    ['@{ for (;;) { } }', 'steps'],
    ['@{ again: goto again; }', 'steps'],
    ['@{ int F(int n) => F(n + 1); return F(0); }', 'depth'],
    ['@{ Func<int, int> f = null; f = n => f(n + 1); return f(0); }', 'depth'],
    ['@{ var s = "x"; while (true) s += s; }', 'size'],
    ['@("".PadLeft(2000000000))', 'size'],
    ["@(new string('x', 2000000000))", 'size'],
    ['@(new int[2000000000])', 'size'],
    ['@(new byte[2000000000])', 'size'],
    ['@(Enumerable.Range(0, 2000000000).Count())', 'steps'],
    ['@(Enumerable.Repeat("x", 2000000000).Last())', 'steps'],
    ['@(string.Join(",", Enumerable.Repeat("xxxxxxxxxxxxxxxx", 2000000000)))', 'size'],
    ['@{ var l = new List<int>(); while (true) l.Add(1); }', 'steps'],
    ['@{ var b = new StringBuilder("x"); while (true) b.Append(b.ToString()); }', 'size'],
    [
      '@{ IEnumerable<int> s = new[] { 1 }; for (var i = 0; i < 60; i++) s = s.Concat(s); return s.Count(); }',
      'steps',
    ],
    ['@(string.Format("{0,2000000000}", 1))', 'size'],
    ["@(new string('x', 50000).Replace(\"x\", new string('y', 50000)))", 'size'],
    [
      "@(new string('x', 50000).Replace(\"X\", new string('y', 50000), StringComparison.OrdinalIgnoreCase))",
      'size',
    ],
    ["@(new StringBuilder(new string('x', 50000)).Replace(\"x\", new string('y', 50000)))", 'size'],
    [
      "@{ var s = new string('x', 90000); while (true) s = s.Replace('x', 'y').ToUpper(); }",
      'steps',
    ],
    ['@{ IEnumerable<int> F() { while (true) yield return 1; } return F().Count(); }', 'steps'],
    ['@{ try { while (true) { } } catch { return 1; } finally { } }', 'steps'],
    ['@{ var j = new JArray(); while (true) j = new JArray(j, j); }', 'steps'],
    ['@{ var x = new XElement("a"); while (true) x.Add(x, x); }', 'steps'],
    ['@{ var o = new JObject(); while (true) o["a" + o.Count] = o; }', 'steps'],
    [
      "@{ var l = new List<object>(); while (true) l.Add(Encoding.UTF8.GetBytes(new string('x', 90000))); }",
      'steps',
    ],
    ["@{ var s = new string('x', 90000); while (true) s.ToCharArray(); }", 'steps'],
    ['@{ var a = new int[90000]; while (true) a.Clone(); }', 'steps'],
  ])('%s spends %s', (expression, limit) => {
    expect(outcome(expression)).toBe(`budget: ${limit}`);
  });

  it('counts time by the clock of the host', () => {
    let now = 0n;
    const host = {
      ...stillHost,
      now: () => (now += 10_000_000n),
      budget: { ...tight, steps: 1e9 },
    };
    const compiled = compileExpression('@{ while (true) { } }');
    if (!compiled.ok) throw new Error('does not compile');
    expect(() => compiled.expression.evaluate(sampleContext(), host)).toThrow('time budget');
  });

  it('refuses text that nests too deeply', () => {
    expect(outcome(`@(${'('.repeat(50_000)}1${')'.repeat(50_000)})`)).toBe('refused');
    expect(outcome(`@(${'!'.repeat(50_000)}true)`)).toBe('refused');
    expect(outcome(`@(${'new[] {'.repeat(5_000)}1${'}'.repeat(5_000)})`)).toBe('refused');
  });

  it('compiles long chains', () => {
    expect(outcome(`@("" ${'+ "a"'.repeat(2_000)})`)).toBe('a'.repeat(2_000));
  });
});

describe('the sandbox', () => {
  it.each([
    '@("".constructor)',
    '@("".__proto__)',
    '@(context.constructor)',
    '@(context.__proto__.x)',
    '@(context["constructor"])',
    '@(constructor)',
    '@(__proto__)',
    '@(toString)',
    '@(hasOwnProperty)',
    '@(this)',
    '@(globalThis)',
    '@(process.env)',
    '@(require("fs"))',
    '@(System.IO.File.ReadAllText("/etc/passwd"))',
    '@(System.Environment.GetEnvironmentVariable("PATH"))',
    '@(System.Diagnostics.Process.Start("sh"))',
    '@(new System.Net.WebClient())',
    '@(System.Threading.Thread.CurrentThread)',
    '@(typeof(string).Assembly)',
    '@("".GetType().Assembly)',
    '@(Activator.CreateInstance(typeof(string)))',
    '@(System.Reflection.Assembly.GetExecutingAssembly())',
    '@(((Func<int>)(() => 1)).Method)',
    '@(((Func<int>)(() => 1)).Target)',
    '@(new { constructor = 1 }.__proto__)',
    '@(StringComparison.constructor)',
    '@(StringComparison.__proto__)',
    '@(context.Variables.map)',
    '@(context.Request.Headers.values)',
    '@{ dynamic d = ""; return d.constructor; }',
  ])('refuses %s', (expression) => {
    expect(outcome(expression)).toBe('refused');
  });

  it('treats names of JavaScript as keys like any other', () => {
    expect(outcome('@(context.Variables["__proto__"])')).toBeNull();
    expect(outcome('@(context.Variables["constructor"])')).toBeNull();
    expect(outcome('@(context.Variables.ContainsKey("toString"))')).toBe(false);
    expect(outcome('@(new Dictionary<string, string> { ["__proto__"] = "x" }["__proto__"])')).toBe(
      'x',
    );
    expect(
      outcome('@(JObject.Parse("{\\"__proto__\\":{\\"a\\":1}}")["__proto__"]["a"].ToString())'),
    ).toBe('1');
    expect(outcome('@(new Dictionary<string, string>().ContainsKey("hasOwnProperty"))')).toBe(
      false,
    );
  });
});

describe('hostile text', () => {
  const words = [
    'context',
    '.',
    'Request',
    'Variables',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '"a"',
    "'b'",
    '1',
    '2.5m',
    '+',
    '-',
    '*',
    '/',
    '%',
    '==',
    '=>',
    'x',
    'new',
    'int',
    'string',
    'List<int>',
    '<',
    '>',
    '?',
    ':',
    '??',
    '?.',
    '&&',
    '!',
    'return',
    'if',
    'while',
    'for',
    'foreach',
    'in',
    'var',
    '=',
    ';',
    ',',
    'try',
    'catch',
    'finally',
    'throw',
    'is',
    'as',
    'null',
    'default',
    'typeof',
    '$"{',
    '@"',
    '\\',
    'out',
    'ref',
    'switch',
    'case',
    'from',
    'select',
    'yield',
    'goto',
    'constructor',
    '__proto__',
    'Select',
    'Where',
    'ToString',
  ];

  it('is refused, evaluated or stopped, and never escapes or hangs', () => {
    const check = (): void =>
      fc.assert(
        fc.property(
          fc.array(fc.constantFrom(...words), { maxLength: 30 }),
          fc.boolean(),
          (parts, block) => {
            const text = parts.join(' ');
            outcome(block ? `@{ ${text} }` : `@(${text})`);
          },
        ),
        { numRuns: 3_000 },
      );
    expect(check).not.toThrow();
  });

  it('of any characters is refused or evaluated', () => {
    const check = (): void =>
      fc.assert(
        fc.property(fc.string({ maxLength: 60, unit: 'binary' }), (text) => {
          outcome(`@(${text})`);
        }),
        { numRuns: 2_000 },
      );
    expect(check).not.toThrow();
  });
});
