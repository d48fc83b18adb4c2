import { DotNetError, setWorkMeter } from '@isthmus/dotnet';
import { Binder } from './binding/binder.js';
import { applyConversion, classify } from './binding/classify.js';
import { named, registerTables } from './binding/catalogue.js';
import { checkFlow } from './binding/flow.js';
import { typeName, voidType, nullType, noType } from './binding/net-type.js';
import { CompileError, CompileErrors, type Problem } from './binding/problem.js';
import { FunctionScope } from './binding/symbols.js';
import { enterScope, freshCells } from './compile/functions.js';
import { newSlots, type Code, type Frame } from './compile/code.js';
import type { ExpressionContext } from './context/expression-context.js';
import { allTables } from './members/all-tables.js';
import { BudgetError } from './runtime/budget-error.js';
import { EvaluationError } from './runtime/evaluation-error.js';
import { RuntimeState, type EvaluationHost } from './runtime/runtime-state.js';
import { parseBlockText, parseExpressionText } from './syntax/parser.js';

export type { EvaluationHost } from './runtime/runtime-state.js';

registerTables(allTables);

/** A compiled policy expression: immutable, shared by all requests. */
export interface CompiledExpression {
  /** As given, with `@(…)` or `@{…}`. */
  readonly text: string;
  /** C# name of the static type; `object` for blocks. */
  readonly type: string;
  /** Which bodies an evaluation may read; the host buffers only these. */
  readonly reads: { readonly requestBody: boolean; readonly responseBody: boolean };
  /**
   * The value in `object` form (numbers, chars and enums are `Boxed`); throws EvaluationError.
   */
  evaluate(context: ExpressionContext, host: EvaluationHost): unknown;
}

export type Compilation =
  | { readonly ok: true; readonly expression: CompiledExpression }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Compiles `@(expression)` or `@{ statements }`; everything that the C# 7.3 compiler refuses is refused, with its place. */
export function compileExpression(text: string): Compilation {
  const source = text.trim();
  const isBlock = source.startsWith('@{');
  const closed = source.endsWith(isBlock ? '}' : ')');
  if (!(isBlock || source.startsWith('@(')) || !closed) {
    return {
      ok: false,
      problems: [
        {
          code: 'CS1002',
          message: 'An expression is written @(expression) or @{ statements }',
          line: 1,
          column: 1,
        },
      ],
    };
  }
  const inner = source.slice(2, -1);
  try {
    const { code, type, binder } = isBlock ? compileBlock(inner) : compileSingle(inner);
    const { requestBody, responseBody, response } = binder.reads;
    const evaluate = evaluator(code.code, code.owner, inner);
    return {
      ok: true,
      expression: {
        text: source,
        type,
        reads: { requestBody, responseBody: responseBody && response },
        evaluate,
      },
    };
  } catch (error) {
    const errors = error instanceof CompileErrors ? error.errors : [error];
    return { ok: false, problems: errors.map((one) => problemOf(one, inner)) };
  }
}

function problemOf(error: unknown, inner: string): Problem {
  if (error instanceof CompileError)
    return { code: error.code, message: error.message, ...placeOf(inner, error.offset) };
  if (error instanceof RangeError)
    return {
      code: 'CS8078',
      message: 'An expression is too long or complex to compile',
      line: 1,
      column: 1,
    };
  throw error;
}

/** Line and column of an offset, counted from the first character inside the brackets. */
function placeOf(inner: string, offset: number): { line: number; column: number } {
  const before = inner.slice(0, offset);
  const lines = before.split(/\r\n|[\r\n\u0085\u2028\u2029]/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

interface Compiled {
  readonly code: { readonly code: Code; readonly owner: FunctionScope };
  readonly type: string;
  readonly binder: Binder;
}

function compileSingle(inner: string): Compiled {
  const node = parseExpressionText(inner);
  const owner = new FunctionScope(null, named('object'));
  const binder = new Binder(owner);
  const bound = binder.bind(node);
  if (bound.kind === 'value' && bound.literal === 'throw')
    throw new CompileError(
      'CS8115',
      'A throw expression is not allowed in this context.',
      node.start,
    );
  if (bound.kind === 'value' && bound.type === voidType)
    throw new CompileError('CS0030', "Cannot convert type 'void' to 'object'", node.start);
  const conversion = classify(bound, named('object'));
  if (conversion === null)
    throw bound.kind === 'methods'
      ? new CompileError('CS0030', "Cannot convert type 'method' to 'object'", node.start)
      : binder.noConversion(bound, named('object'));
  const value = applyConversion(bound, named('object'), conversion);
  checkFlow({ expression: node });
  const run = value.emit();
  const cells = freshCells(binder.scope);
  const code: Code =
    cells.length === 0
      ? run
      : (frame) => {
          enterScope(cells, frame);
          return run(frame);
        };
  const type =
    bound.kind === 'value' && bound.type !== nullType && bound.type !== noType
      ? typeName(bound.type)
      : 'object';
  return { code: { code, owner }, type, binder };
}

function compileBlock(inner: string): Compiled {
  const node = parseBlockText(inner);
  const owner = new FunctionScope(null, named('object'));
  const binder = new Binder(owner);
  const block = binder.statement(node);
  const { errors } = binder.problems;
  if (errors.length > 0) throw new CompileErrors(errors);
  if (block.endsReachable)
    throw new CompileError('CS0161', 'Not all code paths return a value', inner.length);
  checkFlow({ block: node });
  const run = block.emit();
  const code: Code = (frame) => {
    run(frame);
    return frame.result;
  };
  return { code: { code, owner }, type: 'object', binder };
}

function evaluator(
  code: Code,
  owner: FunctionScope,
  inner: string,
): CompiledExpression['evaluate'] {
  return (context, host) => {
    const runtime = new RuntimeState(context, host);
    const frame: Frame = { slots: newSlots(owner.slots), runtime, result: null, label: '' };
    const former = setWorkMeter(runtime);
    try {
      const value = code(frame);
      return value === undefined ? null : value;
    } catch (error) {
      throw wrap(error, inner, runtime.at);
    } finally {
      setWorkMeter(former);
    }
  };
}

function wrap(error: unknown, inner: string, at: number): unknown {
  const { line, column } = placeOf(inner, at);
  if (error instanceof DotNetError || error instanceof BudgetError)
    return new EvaluationError(error, line, column);
  // Exhaustion of the JavaScript stack or of the longest possible string.
  if (error instanceof RangeError)
    return new EvaluationError(
      new BudgetError(/call stack/.test(error.message) ? 'depth' : 'size'),
      line,
      column,
    );
  // Nothing else is expected; whatever it is, it ends the evaluation and not the process.
  const failure = new EvaluationError(
    new DotNetError('System.Exception', error instanceof Error ? error.message : String(error)),
    line,
    column,
  );
  failure.cause = error;
  return failure;
}
