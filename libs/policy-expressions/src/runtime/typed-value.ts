import { Decimal, DotNetError } from '@isthmus/dotnet';
import { typeName, nullableUnderlying, type NamedType, type NetType } from '../binding/net-type.js';
import { AnonymousObject } from './anonymous-object.js';
import { Boxed } from './boxed.js';
import { NetDictionary, type DictionaryView } from './collections/net-dictionary.js';
import { NetMatrix } from './net-matrix.js';
import { NetTuple, Pair } from './pair.js';
import { box, runtimeType } from './runtime-type.js';
import { iterate, NetSequence } from './sequence.js';
import { textOf } from './text.js';
import { NetTupleObject } from './tuple-object.js';

/** The typed form of a value: its C# type and what it holds, as JSON. */
export interface TypedValue {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Renders an `object` value in the typed form that conformance vectors use. */
export function renderTyped(value: unknown): TypedValue {
  if (value === null || value === undefined) return { type: 'null' };
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value, string: textOf(value) };
  if (value instanceof Boxed) return renderBoxed(value);
  if (value instanceof Uint8Array)
    return { type: 'byte[]', base64: Buffer.from(value).toString('base64') };
  if (value instanceof Decimal)
    return { type: 'decimal', value: value.toString(), string: value.toString() };
  if (value instanceof DotNetError) return { type: value.typeName, message: value.message };
  if (value instanceof AnonymousObject) return { type: 'anonymous', json: textOf(value) };
  const type = runtimeType(value)!;
  if (isSequence(value, type))
    return { type: lazyName(value, type), items: boxedItems(value, type) };
  return renderObject(value as object, type);
}

function renderBoxed({ type, value }: Boxed): TypedValue {
  if (value instanceof Pair) {
    return {
      type: typeName(type),
      key: renderTyped(boxItem(value.key, type.args[0]!)),
      val: renderTyped(boxItem(value.value, type.args[1]!)),
    };
  }
  if (value instanceof NetTuple)
    return {
      type: typeName(type),
      items: value.items.map((item, i) => renderTyped(boxItem(item, type.args[i]!))),
    };
  const text = textOf(new Boxed(type, value));
  return { type: typeName(type), value: text, string: text };
}

function boxItem(value: unknown, type: NetType): unknown {
  return box(value, nullableUnderlying(type) ?? type);
}

function isSequence(value: unknown, type: NetType): boolean {
  if (Array.isArray(value) || value instanceof NetSequence || value instanceof NetMatrix)
    return true;
  return (
    type.kind === 'named' &&
    type.args.length === 1 &&
    typeof value === 'object' &&
    value !== null &&
    Symbol.iterator in value
  );
}

const eager = new Set(['List', 'HashSet', 'Queue', 'Stack']);

/** Lazy sequences are all `IEnumerable`, whatever class makes them. */
function lazyName(value: unknown, type: NetType): string {
  if (Array.isArray(value) || value instanceof NetMatrix) return typeName(type);
  return type.kind === 'named' && eager.has(type.definition.name) ? typeName(type) : 'IEnumerable';
}

function boxedItems(value: unknown, type: NetType): TypedValue[] {
  const element =
    type.kind === 'array' ? type.element : type.kind === 'named' ? type.args[0] : undefined;
  return [...iterate(value)].map((item) =>
    renderTyped(element === undefined ? item : boxItem(item, element)),
  );
}

function renderObject(value: object, type: NetType): TypedValue {
  const name = typeName(type);
  if (value instanceof NetTupleObject && value.items[7] instanceof NetTupleObject) {
    const rest = renderTyped(value.items[7])['items'] as TypedValue[];
    const first = value.items
      .slice(0, 7)
      .map((item, i) => renderTyped(boxItem(item, value.netType.args[i]!)));
    return { type: name, items: [...first, ...rest] };
  }
  if (value instanceof NetTupleObject)
    return {
      type: name,
      items: value.items.map((item, i) => renderTyped(boxItem(item, value.netType.args[i]!))),
    };
  if (value instanceof NetDictionary || isView(value, type))
    return { type: name, entries: entriesOf(value as DictionaryView, type as NamedType) };
  const facets = type.kind === 'named' ? type.definition.facets : {};
  const fields = facets.typed?.(value as never) ?? { value: textOf(value) };
  return { type: name, ...fields, string: facets.string?.(value as never) ?? textOf(value) };
}

function isView(value: object, type: NetType): boolean {
  return type.kind === 'named' && type.args.length === 2 && 'pairs' in value;
}

function entriesOf(value: DictionaryView, type: NamedType): (readonly [TypedValue, TypedValue])[] {
  const [k, v] = type.args;
  return [...value.pairs()].map(
    (p) => [renderTyped(boxItem(p.key, k!)), renderTyped(boxItem(p.value, v!))] as const,
  );
}
