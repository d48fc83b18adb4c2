import { countWork, Decimal } from '@isthmus/dotnet';
import { floatOf, integerOf, isArray, type WorkflowNumber, type WorkflowValue } from '../value.js';
import { integerAt, isNumber, numberAt, wrongKind } from './arguments.js';
import { compareNumbers, isInteger, toDecimal, toDouble } from './equality.js';
import { eager, failure, many, type EagerFunction, type WorkflowFunction } from './function.js';

/** One operation on each kind of number. */
interface Arithmetic {
  readonly name: string;
  /** On JavaScript numbers; used for integers while the result is exact, and for floats. */
  readonly float: (left: number, right: number) => number;
  readonly integer: (left: bigint, right: bigint) => bigint;
  readonly decimal: (left: Decimal, right: Decimal) => Decimal;
  /** Whether integers and decimals are divided, which zero cannot do. */
  readonly divides?: boolean;
  readonly expects: string;
}

function integers(
  operation: Arithmetic,
  left: number | bigint,
  right: number | bigint,
): WorkflowNumber {
  if (operation.divides !== true && typeof left === 'number' && typeof right === 'number') {
    const quick = operation.float(left, right);
    if (Number.isSafeInteger(quick)) return quick + 0;
  }
  const result = integerOf(operation.integer(BigInt(left), BigInt(right)));
  if (result === undefined) {
    throw failure(operation.name, 'failed: the result is out of the range of 64-bit integers.');
  }
  return result;
}

function calculate(
  operation: Arithmetic,
  left: WorkflowNumber,
  right: WorkflowNumber,
): WorkflowNumber {
  const byInteger = isInteger(left) && isInteger(right);
  const byDecimal = left instanceof Decimal || right instanceof Decimal;
  if (operation.divides === true && (byInteger || byDecimal) && compareNumbers(right, 0) === 0) {
    throw failure(
      operation.name,
      `was invoked with a divisor of zero: Attempt to divide an integral or decimal value by zero in function '${operation.name}'.`,
    );
  }
  if (byInteger) return integers(operation, left, right);
  if (byDecimal) return operation.decimal(toDecimal(left), toDecimal(right));
  return floatOf(operation.float(toDouble(left), toDouble(right)));
}

function arithmetic(operation: Arithmetic): EagerFunction {
  const { name, expects } = operation;
  const apply = (args: readonly WorkflowValue[]): WorkflowValue =>
    calculate(operation, numberAt(name, args, 0), numberAt(name, args, 1));
  return eager(name, [2, 2], apply, expects);
}

function extreme(name: 'min' | 'max', sign: 1 | -1): EagerFunction {
  return eager(name, [1, many], (args) => {
    const only = args.length === 1 ? args[0] : undefined;
    const values = isArray(only) ? only : args;
    let best: WorkflowNumber | undefined;
    values.forEach((value, index) => {
      if (!isNumber(value))
        throw wrongKind(name, index, 'an integer, a float or a decimal number', value);
      if (best === undefined || compareNumbers(value, best) * sign > 0) best = value;
    });
    if (best === undefined)
      throw failure(name, 'expects at least one number. The provided array is empty.');
    return best;
  });
}

const largestRange = 100_000;
const largestInt32 = 2_147_483_647;

/** Math functions. Integers are 64 bits wide and checked, floats become Infinity, decimals stay decimals. */
export const mathFunctions: readonly WorkflowFunction[] = [
  arithmetic({
    name: 'add',
    float: (left, right) => left + right,
    integer: (left, right) => left + right,
    decimal: (left, right) => left.add(right),
    // "seccond" is the spelling of the service.
    expects:
      'expects two numeric parameters: the first summand as the first parameter and the seccond summand as the second parameter.',
  }),
  arithmetic({
    name: 'sub',
    float: (left, right) => left - right,
    integer: (left, right) => left - right,
    decimal: (left, right) => left.subtract(right),
    expects:
      'expects two numeric parameters: the minuend as the first parameter and the subtrahend as the second parameter.',
  }),
  arithmetic({
    name: 'mul',
    float: (left, right) => left * right,
    integer: (left, right) => left * right,
    decimal: (left, right) => left.multiply(right),
    expects:
      'expects two numeric parameters: the multiplicand as the first parameter and the multiplier as the second parameter.',
  }),
  arithmetic({
    name: 'div',
    float: (left, right) => left / right,
    integer: (left, right) => left / right,
    decimal: (left, right) => left.divide(right),
    divides: true,
    expects:
      'expects two numeric parameters: the dividend as the first parameter and the divisor as the second parameter.',
  }),
  arithmetic({
    name: 'mod',
    float: (left, right) => left % right,
    integer: (left, right) => left % right,
    decimal: (left, right) => left.remainder(right),
    divides: true,
    expects:
      'expects two numeric parameters: the dividend as the first parameter and the divisor as the second parameter.',
  }),
  extreme('min', -1),
  extreme('max', 1),
  eager('range', [2, 2], (args) => {
    const start = integerAt('range', args, 0);
    const count = integerAt('range', args, 1);
    if (
      count < 0 ||
      count > largestRange ||
      start < -largestInt32 - 1 ||
      start + count - 1 >= largestInt32
    ) {
      throw failure(
        'range',
        `parameters are out of range: 'count' must be between 0 and ${largestRange}, and the sum of 'start index' and 'count' must be within the range of 32-bit integers.`,
      );
    }
    countWork(count);
    return Array.from({ length: count }, (_, index) => start + index);
  }),
  eager('rand', [2, 2], (args, scope) => {
    const least = integerAt('rand', args, 0);
    const limit = integerAt('rand', args, 1);
    if (least > limit) {
      throw failure(
        'rand',
        `parameters are out of range: the minimum '${least}' is greater than the maximum '${limit}'.`,
      );
    }
    return least + Math.floor(scope.random() * (limit - least));
  }),
];
