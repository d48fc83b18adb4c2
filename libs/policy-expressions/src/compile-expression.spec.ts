import { describe, expect, it } from '@jest/globals';
import { compileExpression, EvaluationError, renderTyped, textOf } from './index.js';
import { sampleContext, stillHost } from './cases/sample-context.js';

function compile(text: string) {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  return compiled.expression;
}

describe('compileExpression', () => {
  it('tells the static type of an expression', () => {
    expect(compile('@(1 + 2L)').type).toBe('long');
    expect(compile('@(context.Request.Headers)').type).toBe('IReadOnlyDictionary<string,string[]>');
    expect(compile('@{ return 1; }').type).toBe('object');
  });

  it('tells which bodies are read', () => {
    expect(compile('@(context.Request.Body.As<string>())').reads).toEqual({
      requestBody: true,
      responseBody: false,
    });
    expect(compile('@(context.Response.Body.As<string>())').reads).toEqual({
      requestBody: false,
      responseBody: true,
    });
    expect(compile('@(((IResponse)context.Variables["r"]).Body.As<string>())').reads).toEqual({
      requestBody: false,
      responseBody: false,
    });
    expect(compile('@(context.Request.Method)').reads).toEqual({
      requestBody: false,
      responseBody: false,
    });
  });

  it('places a compile error at its line and column', () => {
    const compiled = compileExpression('@{\n  var a = 1;\n  return a + missing;\n}');
    expect(compiled).toMatchObject({
      ok: false,
      problems: [{ code: 'CS0103', line: 3, column: 14 }],
    });
  });

  it('reports the mistakes of all statements, but not what follows from them', () => {
    const compiled = compileExpression(
      '@{\n  int a = "x";\n  var b = nowhere;\n  if (a > 1) { string c = 5; return b; }\n  return a.Foo();\n}',
    );
    expect(compiled.ok ? [] : compiled.problems.map(({ code, line }) => [code, line])).toEqual([
      ['CS0029', 2],
      ['CS0103', 3],
      ['CS0029', 4],
      ['CS1061', 5],
    ]);
  });

  it('names the type and member that it refuses', () => {
    const compiled = compileExpression('@("a".Frobnicate())');
    expect(compiled.ok ? '' : compiled.problems[0]?.message).toContain(
      "usage of member 'Frobnicate' of type 'string' is not supported within expressions",
    );
    const unknown = compileExpression('@(new System.Net.WebClient())');
    expect(unknown.ok ? '' : unknown.problems[0]?.message).toContain(
      "usage of type 'System.Net.WebClient' is not supported within expressions",
    );
  });

  it('places a run-time error at its line', () => {
    const expression = compile('@{\n  var a = new int[1];\n  return a[3];\n}');
    let caught: unknown;
    try {
      expression.evaluate(sampleContext(), stillHost);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(EvaluationError);
    expect(caught).toMatchObject({ typeName: 'System.IndexOutOfRangeException', line: 3 });
  });

  it('empties a body that is read without preserveContent', () => {
    const context = sampleContext();
    const read = compile('@(context.Request.Body.As<string>())');
    expect(textOf(read.evaluate(context, stillHost))).toContain('"id":42');
    expect(read.evaluate(context, stillHost)).toBe('');
  });

  it('hands messages to the trace', () => {
    const seen: string[] = [];
    const context = { ...sampleContext(), trace: (message: string) => void seen.push(message) };
    compile('@{ context.Trace("hello"); return null; }').evaluate(context, stillHost);
    expect(seen).toEqual(['hello']);
  });

  it('keeps the type of what it returns', () => {
    expect(renderTyped(compile('@((short)5)').evaluate(sampleContext(), stillHost))).toMatchObject({
      type: 'short',
      value: '5',
    });
  });

  it.each(['', '@', '@()', '@{}', '@(', 'hello', '@{ return 1;'])('refuses %j', (text) => {
    expect(compileExpression(text).ok).toBe(false);
  });
});
