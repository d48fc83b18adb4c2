import { Decimal, DotNetError, divideByZero, overflowException } from '@isthmus/dotnet';
import { integerRange, wrapInteger, type NumberKind } from './numeric-kinds.js';

/** An operator on two raw operands of one kind. */
export type Operation = (left: never, right: never) => unknown;

/** The kinds that have predefined arithmetic operators. */
export type ArithmeticKind = 'int' | 'uint' | 'long' | 'ulong' | 'float' | 'double' | 'decimal';

const overflow = (): DotNetError =>
  overflowException('Arithmetic operation resulted in an overflow.');

const intOperations: Readonly<Record<string, Operation>> = {
  '+': (a: number, b: number) => (a + b) | 0,
  '-': (a: number, b: number) => (a - b) | 0,
  '*': (a: number, b: number) => Math.imul(a, b),
  '/': (a: number, b: number) => {
    if (b === 0) throw divideByZero();
    if (b === -1 && a === -2147483648) throw overflow();
    return Math.trunc(a / b) | 0;
  },
  '%': (a: number, b: number) => {
    if (b === 0) throw divideByZero();
    if (b === -1 && a === -2147483648) throw overflow();
    return (a % b) | 0;
  },
  '&': (a: number, b: number) => a & b,
  '|': (a: number, b: number) => a | b,
  '^': (a: number, b: number) => a ^ b,
  '<<': (a: number, b: number) => a << (b & 31),
  '>>': (a: number, b: number) => a >> (b & 31),
};

const uintOperations: Readonly<Record<string, Operation>> = {
  '+': (a: number, b: number) => (a + b) >>> 0,
  '-': (a: number, b: number) => (a - b) >>> 0,
  '*': (a: number, b: number) => Math.imul(a, b) >>> 0,
  '/': (a: number, b: number) => {
    if (b === 0) throw divideByZero();
    return Math.floor(a / b);
  },
  '%': (a: number, b: number) => {
    if (b === 0) throw divideByZero();
    return a % b;
  },
  '&': (a: number, b: number) => (a & b) >>> 0,
  '|': (a: number, b: number) => (a | b) >>> 0,
  '^': (a: number, b: number) => (a ^ b) >>> 0,
  '<<': (a: number, b: number) => (a << (b & 31)) >>> 0,
  '>>': (a: number, b: number) => a >>> (b & 31),
};

function bigOperations(wrap: (value: bigint) => bigint): Readonly<Record<string, Operation>> {
  const minimum = -(1n << 63n);
  return {
    '+': (a: bigint, b: bigint) => wrap(a + b),
    '-': (a: bigint, b: bigint) => wrap(a - b),
    '*': (a: bigint, b: bigint) => wrap(a * b),
    '/': (a: bigint, b: bigint) => {
      if (b === 0n) throw divideByZero();
      if (b === -1n && a === minimum) throw overflow();
      return a / b;
    },
    '%': (a: bigint, b: bigint) => {
      if (b === 0n) throw divideByZero();
      if (b === -1n && a === minimum) throw overflow();
      return a % b;
    },
    '&': (a: bigint, b: bigint) => a & b,
    '|': (a: bigint, b: bigint) => a | b,
    '^': (a: bigint, b: bigint) => wrap(a ^ b),
    '<<': (a: bigint, b: number) => wrap(a << BigInt(b & 63)),
    '>>': (a: bigint, b: number) => a >> BigInt(b & 63),
  };
}

const realOperations: Readonly<Record<string, Operation>> = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
};

const singleOperations = Object.fromEntries(
  Object.entries(realOperations).map(([name, run]) => [
    name,
    (a: number, b: number) => Math.fround(run(a as never, b as never) as number),
  ]),
) as Readonly<Record<string, Operation>>;

const decimalOperations: Readonly<Record<string, Operation>> = {
  '+': (a: Decimal, b: Decimal) => a.add(b),
  '-': (a: Decimal, b: Decimal) => a.subtract(b),
  '*': (a: Decimal, b: Decimal) => a.multiply(b),
  '/': (a: Decimal, b: Decimal) => a.divide(b),
  '%': (a: Decimal, b: Decimal) => a.remainder(b),
};

const operations: Readonly<Record<ArithmeticKind, Readonly<Record<string, Operation>>>> = {
  int: intOperations,
  uint: uintOperations,
  long: bigOperations((v) => BigInt.asIntN(64, v)),
  ulong: bigOperations((v) => BigInt.asUintN(64, v)),
  float: singleOperations,
  double: realOperations,
  decimal: decimalOperations,
};

/** `+ - * / % & | ^ << >>` on raw values of a kind; undefined where C# has no such operator. */
export function arithmetic(
  operator: string,
  kind: ArithmeticKind,
  checked: boolean,
): Operation | undefined {
  const plain = operations[kind][operator];
  if (
    plain === undefined ||
    !checked ||
    !'+-*'.includes(operator) ||
    integerRange[kind] === undefined
  )
    return plain;
  const exact: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
  };
  const run = exact[operator]!;
  return (a: number | bigint, b: number | bigint) =>
    wrapInteger(run(BigInt(a), BigInt(b)), kind as NumberKind, true);
}

const numberComparisons: Readonly<Record<string, Operation>> = {
  '<': (a: number, b: number) => a < b,
  '>': (a: number, b: number) => a > b,
  '<=': (a: number, b: number) => a <= b,
  '>=': (a: number, b: number) => a >= b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
};

const decimalComparisons: Readonly<Record<string, Operation>> = {
  '<': (a: Decimal, b: Decimal) => a.compareTo(b) < 0,
  '>': (a: Decimal, b: Decimal) => a.compareTo(b) > 0,
  '<=': (a: Decimal, b: Decimal) => a.compareTo(b) <= 0,
  '>=': (a: Decimal, b: Decimal) => a.compareTo(b) >= 0,
  '==': (a: Decimal, b: Decimal) => a.compareTo(b) === 0,
  '!=': (a: Decimal, b: Decimal) => a.compareTo(b) !== 0,
};

/** Comparisons on raw numbers of a kind. */
export function comparison(operator: string, kind: ArithmeticKind): Operation | undefined {
  return (kind === 'decimal' ? decimalComparisons : numberComparisons)[operator];
}

/** Unary `-` on a raw value. */
export function negate(kind: ArithmeticKind, checked: boolean): (value: never) => unknown {
  switch (kind) {
    case 'int':
      return (v: number) => {
        if (checked && v === -2147483648) throw overflow();
        return -v | 0;
      };
    case 'long':
      return (v: bigint) => wrapInteger(-v, 'long', checked);
    case 'float':
    case 'double':
      return (v: number) => -v;
    case 'decimal':
      return (v: Decimal) => v.negate();
    case 'uint':
    case 'ulong':
      throw new Error('no such operator');
  }
}

/** Unary `~`. */
export function complement(kind: ArithmeticKind): ((value: never) => unknown) | undefined {
  switch (kind) {
    case 'int':
      return (v: number) => ~v;
    case 'uint':
      return (v: number) => ~v >>> 0;
    case 'long':
      return (v: bigint) => ~v;
    case 'ulong':
      return (v: bigint) => BigInt.asUintN(64, ~v);
    case 'float':
    case 'double':
    case 'decimal':
      return undefined;
  }
}
