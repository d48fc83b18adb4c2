import { complement, negate, type ArithmeticKind } from '../compile/arithmetic.js';
import type { Code } from '../compile/code.js';
import { numberKind } from '../compile/numeric-kinds.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { binaryValue } from './bind-binary.js';
import { requireWritable } from './places.js';
import { castTo } from './bind-casts.js';
import { constantValue } from './bind-literals.js';
import type { BoundValue } from './bound.js';
import { classify } from './classify.js';
import { named } from './catalogue.js';
import {
  isEnumType,
  noType,
  nullableUnderlying,
  nullType,
  typeName,
  voidType,
  type NetType,
} from './net-type.js';
import { nullableOf } from './numeric-operators.js';
import { CompileError } from './problem.js';
import { userOperator } from './user-operators.js';

export function bindUnary(binder: Binder, node: ExpressionOf<'unary'>): BoundValue {
  const { operator, start } = node;
  if (operator === '++' || operator === '--') return increment(binder, { node, isPrefix: true });
  const minimum = negativeMinimum(node);
  if (minimum !== null) return minimum;
  const operand = binder.value(node.operand);
  if (operand.type === nullType || operand.literal === 'default')
    throw new CompileError(
      'CS8310',
      `Operator '${operator}' cannot be applied to operand '${operand.type === nullType ? '<null>' : 'default'}'`,
      start,
    );
  if (operand.type === voidType || operand.type === noType)
    throw unaryError(operator, operand, start);
  const custom = userOperator(`op_${operator}`, [operand], start);
  if (custom !== null) return custom;
  if (operator === '!') return not(binder, operand, start);
  const inner = nullableUnderlying(operand.type) ?? operand.type;
  if (operator === '~' && isEnumType(inner)) return enumComplement(operand, start);
  const kind = promote(operator, operand);
  if (kind === null) throw unaryError(operator, operand, start);
  return numericUnary(binder, { operator, operand, kind, start });
}

function unaryError(operator: string, operand: BoundValue, start: number): CompileError {
  return new CompileError(
    'CS0023',
    `Operator '${operator}' cannot be applied to operand of type '${typeName(operand.type, true)}'`,
    start,
  );
}

/** `-2147483648` and `-9223372036854775808` are single literals. */
function negativeMinimum(node: ExpressionOf<'unary'>): BoundValue | null {
  const { operand, operator, start } = node;
  if (operator !== '-' || operand.kind !== 'number') return null;
  if (operand.digits === '2147483648' && operand.number === 'uint')
    return constantValue(-2147483648, named('int'), start);
  if (operand.digits === '9223372036854775808' && operand.number === 'ulong')
    return constantValue(-9223372036854775808n, named('long'), start);
  return null;
}

function not(binder: Binder, operand: BoundValue, start: number): BoundValue {
  const lifted = nullableUnderlying(operand.type) !== undefined;
  const type = lifted ? nullableOf(named('bool')) : named('bool');
  if (classify(operand, type) === null) throw unaryError('!', operand, start);
  const value = binder.convert(operand, type);
  if (value.constant !== undefined && !lifted)
    return constantValue(value.constant.value !== true, type, start);
  return {
    kind: 'value',
    type,
    start,
    emit: () => {
      const code = value.emit();
      return lifted
        ? (frame) => {
            const v = code(frame);
            return v === null || v === undefined ? null : v !== true;
          }
        : (frame) => code(frame) !== true;
    },
  };
}

function enumComplement(operand: BoundValue, start: number): BoundValue {
  return {
    kind: 'value',
    type: operand.type,
    start,
    emit: () => {
      const code = operand.emit();
      return (frame) => {
        const v = code(frame);
        return v === null ? null : ~(v as number);
      };
    },
  };
}

/** Unary numeric promotion: small kinds become int; `-` of uint is a long, of ulong an error. */
function promote(operator: string, operand: BoundValue): ArithmeticKind | null {
  const order: readonly ArithmeticKind[] =
    operator === '~'
      ? ['int', 'uint', 'long', 'ulong']
      : operator === '-'
        ? ['int', 'long', 'float', 'double', 'decimal']
        : ['int', 'uint', 'long', 'ulong', 'float', 'double', 'decimal'];
  const lifted = nullableUnderlying(operand.type) !== undefined;
  const inner = nullableUnderlying(operand.type) ?? operand.type;
  if (operator === '-' && numberKind(inner) === 'ulong') return null;
  if (operator === '~' && inner.kind === 'named' && numberKind(inner) === undefined) return null;
  const exact = order.find((k) => named(k) === inner);
  return (
    exact ??
    order.find((k) => classify(operand, lifted ? nullableOf(named(k)) : named(k)) !== null) ??
    null
  );
}

interface UnaryUse {
  readonly operator: string;
  readonly operand: BoundValue;
  readonly kind: ArithmeticKind;
  readonly start: number;
}

function numericUnary(binder: Binder, { operator, operand, kind, start }: UnaryUse): BoundValue {
  const lifted = nullableUnderlying(operand.type) !== undefined;
  const type: NetType = lifted ? nullableOf(named(kind)) : named(kind);
  const value = binder.convert(operand, type);
  const checked = binder.scope.checking;
  const same = (v: never): unknown => v;
  const run =
    operator === '+' ? same : operator === '-' ? negate(kind, checked === true) : complement(kind);
  if (run === undefined) throw unaryError(operator, operand, start);
  if (value.constant !== undefined && !lifted) {
    const fold = operator === '-' ? negate(kind, checked !== false) : run;
    try {
      return constantValue(fold(value.constant.value as never), type, start);
    } catch {
      throw new CompileError(
        'CS0220',
        'The operation overflows at compile time in checked mode',
        start,
      );
    }
  }
  return {
    kind: 'value',
    type,
    start,
    emit: () => {
      const code = value.emit();
      return (frame) => {
        const v = code(frame);
        return v === null || v === undefined ? null : run(v as never);
      };
    },
  };
}

export function bindPostfix(binder: Binder, node: ExpressionOf<'postfix'>): BoundValue {
  return increment(binder, { node, isPrefix: false });
}

interface IncrementUse {
  readonly node: ExpressionOf<'unary'> | ExpressionOf<'postfix'>;
  readonly isPrefix: boolean;
}

/** `++` and `--`: read, add one, convert back, store. */
function increment(binder: Binder, { node, isPrefix }: IncrementUse): BoundValue {
  const { start } = node;
  const operand = binder.value(node.operand);
  if (operand.place === undefined)
    throw new CompileError(
      'CS1059',
      'The operand of an increment or decrement operator must be a variable, property or indexer',
      start,
    );
  const place = requireWritable(operand);
  const inner = nullableUnderlying(operand.type) ?? operand.type;
  if (numberKind(inner) === undefined && !isEnumType(inner))
    throw unaryError(node.operator, operand, start);
  let current: unknown;
  const read: BoundValue = {
    kind: 'value',
    type: operand.type,
    start,
    emit: (): Code => () => current,
  };
  const one: BoundValue =
    isEnumType(inner) || numberKind(inner) !== 'decimal'
      ? constantValue(1, named('int'), start)
      : binder.convert(constantValue(1, named('int'), start), inner);
  const sum = binaryValue(binder, {
    operator: node.operator === '++' ? '+' : '-',
    left: read,
    right: one,
    start,
  });
  const next = castTo(binder, { ...sum, constant: undefined }, operand.type, start);
  return {
    kind: 'value',
    type: operand.type,
    start,
    emit: () => {
      const slot = place.slot?.() ?? null;
      const step = next.emit();
      if (slot !== null) {
        return (frame) => {
          const before = frame.slots[slot];
          current = before;
          const after = step(frame);
          frame.slots[slot] = after;
          return isPrefix ? after : before;
        };
      }
      const refer = place.reference();
      return (frame) => {
        const reference = refer(frame);
        const before = reference.value;
        current = before;
        const after = step(frame);
        reference.value = after;
        return isPrefix ? after : before;
      };
    },
  };
}
