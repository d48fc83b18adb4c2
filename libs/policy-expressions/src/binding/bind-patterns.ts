import { isInstance } from '../compile/casts.js';
import type { Code } from '../compile/code.js';
import { Boxed } from '../runtime/boxed.js';
import { valuesEqual } from '../runtime/equality.js';
import { box } from '../runtime/runtime-type.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Pattern } from '../syntax/tree-parts.js';
import type { Binder } from './binder.js';
import { isVar } from './bind-type.js';
import type { BoundValue, Place } from './bound.js';
import { classify } from './classify.js';
import { named } from './catalogue.js';
import { explicitConversion } from './conversion.js';
import {
  isReferenceType,
  isValueType,
  noType,
  nullableUnderlying,
  nullType,
  typeName,
  voidType,
  type NetType,
} from './net-type.js';
import { CompileError } from './problem.js';

/** Code that tests a value (in `object` form) and assigns the pattern's variable. */
export interface BoundPattern {
  readonly emit: (read: Code) => Code;
  /** The pattern matches every value of the input type. */
  readonly always: boolean;
  /** The constant or type, to find repeated cases. */
  readonly constant?: { readonly value: unknown } | undefined;
  readonly type?: NetType | undefined;
}

/** `x is pattern`. */
export function bindIs(binder: Binder, node: ExpressionOf<'is'>): BoundValue {
  const operand = binder.bind(node.operand);
  if (operand.kind === 'lambda' || operand.kind === 'methods')
    throw new CompileError(
      'CS0837',
      "The first operand of an 'is' or 'as' operator may not be a lambda expression, anonymous method, or method group.",
      node.start,
    );
  const value = binder.asValue(operand);
  if (value.type === voidType || value.type === noType)
    throw new CompileError(
      'CS0837',
      "The first operand of an 'is' operator must have a value",
      node.start,
    );
  if (
    value.type === nullType &&
    (node.pattern.kind === 'varPattern' || node.pattern.kind === 'declarationPattern')
  ) {
    throw new CompileError(
      'CS8117',
      "Invalid operand for pattern match; value required, but found '<null>'.",
      node.start,
    );
  }
  const pattern = bindPattern(binder, node.pattern, value.type);
  return {
    kind: 'value',
    type: named('bool'),
    start: node.start,
    emit: () => pattern.emit(objectCode(value)),
  };
}

/** The value in `object` form. */
export function objectCode(value: BoundValue): Code {
  const code = value.emit();
  const { type } = value;
  if (!isValueType(type)) return code;
  return (frame) => box(code(frame), type);
}

/** Binds a pattern against values of a type; declares its variable. */
export function bindPattern(binder: Binder, pattern: Pattern, input: NetType): BoundPattern {
  switch (pattern.kind) {
    case 'varPattern':
      return varPattern(binder, pattern.name, input, pattern.start);
    case 'typePattern':
      return typeTest(binder.type(pattern.type), input);
    case 'declarationPattern': {
      if (isVar(binder, pattern.type))
        return varPattern(binder, pattern.name, input, pattern.start);
      const type = checkType(binder.type(pattern.type), input, pattern.start);
      if (nullableUnderlying(type) !== undefined)
        throw new CompileError(
          'CS8116',
          `It is not legal to use nullable type '${typeName(type)}' in a pattern; use the underlying type instead.`,
          pattern.start,
        );
      return declaration(binder, { name: pattern.name, type, input, start: pattern.start });
    }
    case 'constantPattern':
      return constantOrType(binder, pattern, input);
  }
}

function checkType(type: NetType, input: NetType, start: number): NetType {
  if (
    input !== nullType &&
    explicitConversion(input, type, false) === null &&
    explicitConversion(type, input, false) === null &&
    isValueType(input) !== isValueType(type)
  ) {
    throw new CompileError(
      'CS8121',
      `An expression of type '${typeName(input)}' cannot be handled by a pattern of type '${typeName(type)}'.`,
      start,
    );
  }
  return type;
}

function varPattern(
  binder: Binder,
  name: string | null,
  input: NetType,
  start: number,
): BoundPattern {
  if (name === null)
    return {
      always: true,
      emit: (read) => (frame) => {
        read(frame);
        return true;
      },
    };
  const place = variable(binder, name, input, start);
  return { always: true, emit: (read) => assignWhen(() => true, read, { place, type: input }) };
}

function variable(binder: Binder, name: string, type: NetType, start: number): Place {
  const symbol = binder.declarations.local(name, type, 'local', start);
  return binder.declarations.read(symbol, start).place!;
}

interface Target {
  readonly place: Place;
  readonly type: NetType;
}

function assignWhen(test: (value: unknown) => boolean, read: Code, target: Target): Code {
  let current: unknown;
  const unwraps = isValueType(target.type);
  const store = target.place.store(() => current);
  return (frame) => {
    const value = read(frame);
    if (!test(value)) return false;
    current = unwraps && value instanceof Boxed ? value.value : value;
    store(frame);
    return true;
  };
}

function always(type: NetType, input: NetType): boolean {
  return type === input && isValueType(input) && nullableUnderlying(input) === undefined;
}

function typeTest(type: NetType, input: NetType): BoundPattern {
  return {
    always: always(type, input),
    type,
    emit: (read) => (frame) => isInstance(read(frame), type),
  };
}

interface DeclarationUse {
  readonly name: string | null;
  readonly type: NetType;
  readonly input: NetType;
  readonly start: number;
}

function declaration(binder: Binder, { name, type, input, start }: DeclarationUse): BoundPattern {
  if (name === null) return typeTest(type, input);
  const place = variable(binder, name, type, start);
  return {
    always: always(type, input),
    type,
    emit: (read) => assignWhen((v) => isInstance(v, type), read, { place, type }),
  };
}

/** `is X`: a type, or a constant. */
function constantOrType(
  binder: Binder,
  pattern: Extract<Pattern, { kind: 'constantPattern' }>,
  input: NetType,
): BoundPattern {
  if (pattern.type !== null) {
    const type = tryType(binder, pattern);
    if (type !== null) return typeTest(type, input);
  }
  const bound = binder.value(pattern.value);
  if (bound.type === nullType) {
    if (isValueType(input) && nullableUnderlying(input) === undefined)
      throw new CompileError(
        'CS0037',
        `Cannot convert null to '${typeName(input)}' because it is a non-nullable value type`,
        pattern.start,
      );
    return {
      always: false,
      constant: { value: null },
      emit: (read) => (frame) => (read(frame) ?? null) === null,
    };
  }
  const inner = nullableUnderlying(input) ?? input;
  const converted =
    isReferenceType(inner) && inner !== named('string')
      ? bound
      : classify(bound, inner) === null
        ? null
        : binder.convert(bound, inner);
  if (converted === null) throw binder.noConversion(bound, inner);
  if (converted.constant === undefined)
    throw new CompileError('CS0150', 'A constant value is expected', pattern.start);
  if (
    converted === bound &&
    explicitConversion(inner, bound.type, false) === null &&
    inner !== nullType
  )
    throw binder.noConversion(bound, inner);
  const constant = box(converted.constant.value, converted.type);
  return {
    always: false,
    constant: { value: converted.constant.value },
    emit: (read) => (frame) => valuesEqual(read(frame) ?? null, constant),
  };
}

function tryType(
  binder: Binder,
  pattern: Extract<Pattern, { kind: 'constantPattern' }>,
): NetType | null {
  if (pattern.type === null) return null;
  if (pattern.value.kind === 'name' && binder.scope.find(pattern.value.name) !== undefined)
    return null;
  try {
    const bound = binder.bind(pattern.value);
    return bound.kind === 'type' ? bound.type : null;
  } catch {
    return binder.type(pattern.type);
  }
}
