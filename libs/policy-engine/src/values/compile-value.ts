import {
  compileExpression,
  unbracedBodies,
  EvaluationError,
  type Compilation,
  type CompiledExpression,
  type EvaluationHost,
} from '@isthmus/policy-expressions';
import { randomBytes } from 'node:crypto';
import type { Report } from '../composition/report.js';
import type { PolicyContext } from '../pipeline/context.js';
import { ticksOfUnixMilliseconds } from '../pipeline/ticks.js';
import { expressionFailure } from '../pipeline/to-policy-error.js';
import type { Ports } from '../ports/ports.js';
import { constantValue, readsRequestBody, readsResponseBody, type Value } from './value.js';
import { textKind } from './value-kind.js';
import type { ExpressionPiece, ValueSource } from './value-source.js';

/** Turns a value into a closure. Mistakes of expressions are reported at their place in the document. */
export function compileValue<T>(source: ValueSource<T>, report: Report): Value<T> {
  const { pieces } = source;
  if (!pieces)
    return source.literal === undefined ? unknownValue(source) : constantValue(source.literal);
  let reads = 0;
  const parts = pieces.map((piece) => {
    if (piece.kind === 'text') return piece.text;
    const compiled = compilePiece(piece, source, report);
    reads |= compiled?.reads ?? 0;
    return compiled?.evaluate ?? unknownExpression(piece.text);
  });
  const first = parts[0]!;
  const evaluate = parts.length === 1 && typeof first === 'function' ? first : joined(parts);
  const { kind } = source;
  return {
    // All values have one shape, so that steps find their functions without looking for them.
    constant: undefined,
    reads,
    evaluate(context) {
      const result = evaluate(context);
      const converted = kind.convert(result);
      if (converted === undefined) {
        throw expressionFailure(
          `The result '${textKind.convert(result)}' is not a valid value (${kind.name}).`,
        );
      }
      return converted;
    },
  };
}

type Evaluate = (context: PolicyContext) => unknown;

function joined(parts: readonly (string | Evaluate)[]): Evaluate {
  return (context) => {
    let text = '';
    for (const part of parts)
      text += typeof part === 'string' ? part : textKind.convert(part(context));
    return text;
  };
}

function unknownValue<T>(source: ValueSource<T>): Value<T> {
  return {
    constant: undefined,
    reads: 0,
    evaluate: () => {
      throw expressionFailure(`The value of '${source.element}' is not known.`);
    },
  };
}

function unknownExpression(text: string): Evaluate {
  return () => {
    throw expressionFailure(`The expression could not be compiled: ${text}`);
  };
}

function compilePiece(
  piece: ExpressionPiece,
  source: ValueSource<unknown>,
  report: Report,
): { evaluate: Evaluate; reads: number } | undefined {
  let compilation: Compilation;
  try {
    compilation = compileExpression(piece.text);
  } catch (error) {
    const message = `The expression could not be compiled: ${error instanceof Error ? error.message : String(error)}`;
    report.problem('expression', message, {
      text: '',
      offset: piece.offset,
      element: source.element,
    });
    return undefined;
  }
  if (!compilation.ok) {
    if (!piece.opaque)
      for (const problem of compilation.problems) reportExpression(problem, piece, source, report);
    return undefined;
  }
  const { expression } = compilation;
  if (report.at.advice) adviseBraces(piece, source, report);
  const { wants } = source.kind;
  if (wants && source.pieces?.length === 1 && !wants.from.includes(expression.type)) {
    const message = `Cannot implicitly convert type '${expression.type}' to '${wants.type}'`;
    reportExpression({ code: 'CS0029', message, line: 1, column: 1 }, piece, source, report);
  }
  const reads =
    (expression.reads.requestBody ? readsRequestBody : 0) |
    (expression.reads.responseBody ? readsResponseBody : 0);
  return { evaluate: evaluation(expression, piece.text.slice(2, -1), source.element), reads };
}

function adviseBraces(piece: ExpressionPiece, source: ValueSource<unknown>, report: Report): void {
  for (const { keyword, offset } of unbracedBodies(piece.text))
    report.advise(`API Management wants braces around what follows '${keyword}'.`, {
      text: '',
      offset: piece.offset + offset,
      element: source.element,
    });
}

function reportExpression(
  problem: {
    readonly code: string;
    readonly message: string;
    readonly line: number;
    readonly column: number;
  },
  piece: ExpressionPiece,
  source: ValueSource<unknown>,
  report: Report,
): void {
  // Line 1 of a problem is what follows the opening bracket.
  const { text } = source.document;
  let offset = piece.offset + 2;
  for (let line = 1; line < problem.line; line++) {
    const next = text.indexOf('\n', offset);
    if (next < 0) break;
    offset = next + 1;
  }
  const at = Math.min(offset + problem.column - 1, text.length);
  report.problem('expression', `${problem.code}: ${problem.message}`, {
    text: '',
    offset: at,
    element: source.element,
  });
}

const hosts = new WeakMap<Ports, EvaluationHost>();
/** Ports are those of one configuration, which most calls share. */
let last: { readonly ports: Ports; readonly host: EvaluationHost } | undefined;

/** Time and randomness for expressions, from the ports. */
function hostOf(ports: Ports): EvaluationHost {
  if (last?.ports === ports) return last.host;
  let host = hosts.get(ports);
  if (!host) {
    host = {
      now: () => ticksOfUnixMilliseconds(ports.clock.now()),
      random: () => ports.random(),
      randomBytes: (count: number) => randomBytes(count),
    };
    hosts.set(ports, host);
  }
  last = { ports, host };
  return host;
}

function evaluation(expression: CompiledExpression, written: string, element: string): Evaluate {
  return (context) => {
    let value: unknown;
    try {
      value = expression.evaluate(context, hostOf(context.ports));
    } catch (error) {
      const message = error instanceof EvaluationError ? error.message : `${String(error)}`;
      if (context.recorder) {
        const data = {
          messages: [
            { message: 'Expression evaluation failed.', expression: written, details: message },
            `Expression evaluation failed. ${message}`,
            message,
          ],
        };
        context.record(element, data);
      }
      throw expressionFailure(message, error);
    }
    if (context.recorder) {
      context.record(element, {
        message: 'Expression was successfully evaluated.',
        expression: written,
        value: shown(value),
      });
    }
    return value;
  };
}

function shown(value: unknown): string | boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  return textKind.convert(value)!.slice(0, 4096);
}
