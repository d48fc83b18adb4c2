import type { ArithmeticKind, Operation } from './arithmetic.js';
import type { Code } from './code.js';

/** A binary operator on raw operands of one kind, neither of them null. */
export interface OperatorUse {
  readonly operator: string;
  readonly kind: ArithmeticKind;
  /** What the operator does, where no code of its own exists. */
  readonly run: Operation;
  /** Overflow is an error. */
  readonly checked: boolean;
  /** Offset in the expression text. */
  readonly start: number;
}

/** Operands whose value is known when the code is made. */
export interface Operands {
  readonly left: Code;
  readonly right: Code;
  /** The right operand, when it is a constant. */
  readonly constant: unknown;
}

type Ints = Readonly<Record<string, ((left: Code, right: Code) => Code) | undefined>>;
type IntsByConstant = Readonly<Record<string, ((left: Code, right: number) => Code) | undefined>>;

/** Comparisons of all kinds that are JavaScript numbers. */
const comparisons: Ints = {
  '<': (a, b) => (frame) => (a(frame) as number) < (b(frame) as number),
  '>': (a, b) => (frame) => (a(frame) as number) > (b(frame) as number),
  '<=': (a, b) => (frame) => (a(frame) as number) <= (b(frame) as number),
  '>=': (a, b) => (frame) => (a(frame) as number) >= (b(frame) as number),
};

const comparisonsByConstant: IntsByConstant = {
  '<': (a, b) => (frame) => (a(frame) as number) < b,
  '>': (a, b) => (frame) => (a(frame) as number) > b,
  '<=': (a, b) => (frame) => (a(frame) as number) <= b,
  '>=': (a, b) => (frame) => (a(frame) as number) >= b,
};

/** Operators of int that cannot fail. */
const ints: Ints = {
  '+': (a, b) => (frame) => ((a(frame) as number) + (b(frame) as number)) | 0,
  '-': (a, b) => (frame) => ((a(frame) as number) - (b(frame) as number)) | 0,
  '*': (a, b) => (frame) => Math.imul(a(frame) as number, b(frame) as number),
  '&': (a, b) => (frame) => (a(frame) as number) & (b(frame) as number),
  '|': (a, b) => (frame) => (a(frame) as number) | (b(frame) as number),
  '^': (a, b) => (frame) => (a(frame) as number) ^ (b(frame) as number),
};

const intsByConstant: IntsByConstant = {
  '+': (a, b) => (frame) => ((a(frame) as number) + b) | 0,
  '-': (a, b) => (frame) => ((a(frame) as number) - b) | 0,
  '*': (a, b) => (frame) => Math.imul(a(frame) as number, b),
  '&': (a, b) => (frame) => (a(frame) as number) & b,
};

/** Division by a constant other than 0 and -1 cannot fail. */
const intDivisions: IntsByConstant = {
  '/': (a, b) => (frame) => ((a(frame) as number) / b) | 0,
  '%': (a, b) => (frame) => ((a(frame) as number) % b) | 0,
};

const doubles: Ints = {
  '+': (a, b) => (frame) => (a(frame) as number) + (b(frame) as number),
  '-': (a, b) => (frame) => (a(frame) as number) - (b(frame) as number),
  '*': (a, b) => (frame) => (a(frame) as number) * (b(frame) as number),
  '/': (a, b) => (frame) => (a(frame) as number) / (b(frame) as number),
};

/**
 * The code of an operator: one function for the operators that are written most, on the kinds that JavaScript numbers
 * hold; a call of the operator's implementation for the rest.
 */
export function operatorCode(use: OperatorUse, { left, right, constant }: Operands): Code {
  const usual = usualCode(use, { left, right, constant });
  if (usual) return usual;
  const run = use.run as (x: unknown, y: unknown) => unknown;
  const { start } = use;
  return (frame) => {
    const x = left(frame);
    const y = right(frame);
    frame.runtime.at = start;
    return run(x, y);
  };
}

function usualCode(
  { operator, kind, checked }: OperatorUse,
  { left, right, constant }: Operands,
): Code | undefined {
  if (kind !== 'int' && kind !== 'double') return undefined;
  const known = typeof constant === 'number' ? constant : undefined;
  const compared =
    (known === undefined ? undefined : comparisonsByConstant[operator]?.(left, known)) ??
    comparisons[operator]?.(left, right);
  if (compared) return compared;
  if (kind === 'double') return doubles[operator]?.(left, right);
  if (checked && '+-*'.includes(operator)) return undefined;
  if (known === undefined) return ints[operator]?.(left, right);
  const divided = known === 0 || known === -1 ? undefined : intDivisions[operator]?.(left, known);
  return divided ?? intsByConstant[operator]?.(left, known) ?? ints[operator]?.(left, right);
}
