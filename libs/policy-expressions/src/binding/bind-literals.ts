import { Decimal, argumentNull, formatComposite } from '@isthmus/dotnet';
import type { Code } from '../compile/code.js';
import { box } from '../runtime/runtime-type.js';
import { rawText, textOf } from '../runtime/text.js';
import type { ExpressionOf, Interpolation } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import type { BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { nullType, voidType, type NetType } from './net-type.js';
import { CompileError } from './problem.js';

/** A constant of a type. */
export function constantValue(
  value: unknown,
  type: NetType,
  start: number,
  literal?: BoundValue['literal'],
): BoundValue {
  return {
    kind: 'value',
    type,
    start,
    constant: { value },
    emit: () => () => value,
    ...(literal === undefined ? {} : { literal }),
  };
}

export function bindNumber(node: ExpressionOf<'number'>): BoundValue {
  const type = named(node.number);
  switch (node.number) {
    case 'decimal':
      return constantValue(Decimal.fromLiteral(node.digits), type, node.start);
    case 'long':
    case 'ulong':
      return constantValue(BigInt(node.digits), type, node.start);
    case 'float':
      return constantValue(Math.fround(Number(node.digits)), type, node.start);
    case 'double':
      return constantValue(Number(node.digits), type, node.start);
    case 'int':
    case 'uint':
      return constantValue(
        Number(node.digits),
        type,
        node.start,
        node.number === 'int' && Number(node.digits) === 0 ? 'zero' : undefined,
      );
  }
}

export function literalValue(node: ExpressionOf<'string' | 'char' | 'bool' | 'null'>): BoundValue {
  switch (node.kind) {
    case 'string':
      return constantValue(node.value, named('string'), node.start);
    case 'char':
      return constantValue(node.value, named('char'), node.start);
    case 'bool':
      return constantValue(node.value, named('bool'), node.start);
    case 'null':
      return constantValue(null, nullType, node.start, 'null');
  }
}

interface Part {
  readonly text: string | null;
  readonly value: Code;
  readonly type: NetType;
  readonly alignment: number;
  readonly format: string | null;
}

/** `$"…"`: each hole in ToString(format, invariant), padded. */
export function bindInterpolated(binder: Binder, node: ExpressionOf<'interpolated'>): BoundValue {
  const holes = node.parts.map((part) =>
    typeof part === 'string'
      ? part
      : { part, value: holeValue(binder, part), alignment: alignment(binder, part) },
  );
  return {
    kind: 'value',
    type: named('string'),
    start: node.start,
    emit: () => {
      const parts = holes.map((hole): Part => {
        if (typeof hole === 'string')
          return {
            text: hole,
            value: () => null,
            type: named('string'),
            alignment: 0,
            format: null,
          };
        return {
          text: null,
          value: hole.value.emit(),
          type: hole.value.type,
          alignment: hole.alignment,
          format: hole.part.format,
        };
      });
      return (frame) => {
        let text = '';
        for (const part of parts) text += part.text ?? holeText(part, part.value(frame));
        frame.runtime.size(text.length);
        return text;
      };
    },
  };
}

function holeValue(binder: Binder, part: Interpolation): BoundValue {
  const bound = binder.bind(part.value);
  if (bound.kind === 'value' && bound.type === nullType)
    return binder.convert(bound, named('object'));
  if (bound.kind === 'value' && bound.type !== voidType && bound.literal === undefined)
    return bound;
  return binder.convert(bound, named('object'));
}

function alignment(binder: Binder, part: Interpolation): number {
  if (part.alignment === null) return 0;
  const value = binder.convert(binder.bind(part.alignment), named('int'));
  if (value.constant === undefined)
    throw new CompileError('CS0150', 'A constant value is expected', value.start);
  return value.constant.value as number;
}

function holeText(part: Part, value: unknown): string {
  if (value === undefined) throw argumentNull('value');
  if (part.format === null && part.alignment === 0) return rawText(value, part.type);
  if (part.format !== null && /[{}]/.test(part.format))
    return formatComposite(
      `{0,${part.alignment}:${part.format}}`,
      [box(value, part.type)],
      (v, f) => textOf(v, f),
    );
  const text = rawText(value, part.type, part.format);
  return part.alignment < 0 ? text.padEnd(-part.alignment) : text.padStart(part.alignment);
}
