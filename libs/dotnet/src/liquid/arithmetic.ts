import {
  argumentException,
  divideByZero,
  DotNetError,
  invalidOperation,
  overflowException,
} from '../dotnet-error.js';
import { Decimal } from '../numbers/decimal.js';
import { asDecimal, asDouble } from './convert.js';
import { Int, isNumber, typeName, type LiquidValue } from './value.js';

/** Expression tree nodes that DotLiquid's number filters are made of. */
export type Operation = 'AddChecked' | 'SubtractChecked' | 'MultiplyChecked' | 'Divide' | 'Modulo';

/** One calculation of a filter; nil in, nil out. Real numbers are calculated as decimals. */
export function calculate(
  operation: Operation,
  left: LiquidValue,
  right: LiquidValue,
): LiquidValue {
  if (left === null || right === null) return null;
  if (isReal(left) || isReal(right)) {
    try {
      return decimals(operation, asDecimal(left), asDecimal(right));
    } catch (error) {
      if (!(error instanceof DotNetError) || error.typeName !== 'System.OverflowException')
        throw error;
      return doubles(operation, asDouble(left), asDouble(right));
    }
  }
  const sameType = typeName(left) === typeName(right);
  if (sameType && !isNumber(left))
    throw invalidOperation(
      `The binary operator ${operation} is not defined for the types '${typeName(left)}' and '${typeName(right)}'.`,
    );
  requireNumbers(left, right);
  return whole(operation, left as Int | bigint, right as Int | bigint);
}

function isReal(value: LiquidValue): boolean {
  return typeof value === 'number' || value instanceof Decimal;
}

function requireNumbers(left: LiquidValue, right: LiquidValue): void {
  if (!isNumber(left)) throw argumentException('Argument is not numeric', 'left');
  if (!isNumber(right)) throw argumentException('Argument is not numeric', 'right');
}

function whole(operation: Operation, left: Int | bigint, right: Int | bigint): LiquidValue {
  const small = left instanceof Int && right instanceof Int;
  const [a, b] = [left, right].map((value) =>
    value instanceof Int ? BigInt(value.value) : value,
  ) as [bigint, bigint];
  const result = wholeResult(operation, a, b);
  const limit = small ? 31n : 63n;
  if (result < -(1n << limit) || result >= 1n << limit)
    throw overflowException('Arithmetic operation resulted in an overflow.');
  return small ? new Int(Number(result)) : result;
}

function wholeResult(operation: Operation, a: bigint, b: bigint): bigint {
  switch (operation) {
    case 'AddChecked':
      return a + b;
    case 'SubtractChecked':
      return a - b;
    case 'MultiplyChecked':
      return a * b;
    case 'Divide':
    case 'Modulo':
      if (b === 0n) throw divideByZero();
      return operation === 'Divide' ? a / b : a % b;
  }
}

function decimals(operation: Operation, a: Decimal, b: Decimal): Decimal {
  switch (operation) {
    case 'AddChecked':
      return a.add(b);
    case 'SubtractChecked':
      return a.subtract(b);
    case 'MultiplyChecked':
      return a.multiply(b);
    case 'Divide':
      return a.divide(b);
    case 'Modulo':
      return a.remainder(b);
  }
}

function doubles(operation: Operation, a: number, b: number): number {
  switch (operation) {
    case 'AddChecked':
      return a + b;
    case 'SubtractChecked':
      return a - b;
    case 'MultiplyChecked':
      return a * b;
    case 'Divide':
      return a / b;
    case 'Modulo':
      return a % b;
  }
}
