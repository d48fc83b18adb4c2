import { nullableUnderlying, typeName, type NetType } from '../binding/net-type.js';
import { AnonymousObject } from './anonymous-object.js';
import { Boxed } from './boxed.js';
import { DateTime, formatDateTime, invariantCulture } from '@isthmus/dotnet';
import { named } from '../binding/catalogue.js';
import { NetMatrix } from './net-matrix.js';
import { NetDictionary, type DictionaryView } from './collections/net-dictionary.js';
import { enumText } from './enum-text.js';
import { NetTuple, Pair } from './pair.js';
import { box, runtimeType } from './runtime-type.js';
import { iterate } from './sequence.js';
import { textOf } from './text.js';

/**
 * What a serialiser sees of an `object` value. Contained values are in `object` form again (numbers `Boxed`):
 * - `number`: `typeName` int, long, double, … char is `char`; `value` raw
 * - `enum`: `value` the number, `text` the name
 * - `object`: anonymous types, KeyValuePair, Tuple, ValueTuple: properties in order
 * - `dictionary`: keys as text
 * - `sequence`: arrays, lists, sets, lazy sequences; byte[] is `bytes`
 * - `instance`: everything else (Decimal, DateTime, Guid, Uri, JToken, XElement …) as it is
 */
export type Inspected =
  | { readonly kind: 'null' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'number'; readonly typeName: string; readonly value: number | bigint }
  | {
      readonly kind: 'enum';
      readonly typeName: string;
      readonly value: number;
      readonly text: string;
    }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'object'; readonly properties: readonly (readonly [string, unknown])[] }
  | { readonly kind: 'dictionary'; readonly entries: readonly (readonly [string, unknown])[] }
  | { readonly kind: 'sequence'; readonly items: Iterable<unknown> }
  | { readonly kind: 'instance'; readonly value: object };

export function inspect(value: unknown): Inspected {
  if (value === null || value === undefined) return { kind: 'null' };
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (value instanceof Boxed) return inspectBoxed(value);
  if (value instanceof Uint8Array) return { kind: 'bytes', value };
  if (typeof value === 'object') return inspectObject(value);
  return { kind: 'instance', value: Object(value) as object };
}

function inspectBoxed(boxed: Boxed): Inspected {
  const { type, value } = boxed;
  if (value instanceof Pair) {
    return {
      kind: 'object',
      properties: [
        ['Key', box(value.key, type.args[0] ?? type)],
        ['Value', box(value.value, type.args[1] ?? type)],
      ],
    };
  }
  if (value instanceof NetTuple) {
    return {
      kind: 'object',
      properties: value.items.map(
        (item, i) => [`Item${i + 1}`, box(item, type.args[i] ?? type)] as const,
      ),
    };
  }
  if (type.definition.kind === 'enum') {
    return {
      kind: 'enum',
      typeName: typeName(type),
      value: Number(value),
      text: enumText(type.definition, Number(value)),
    };
  }
  if (typeof value === 'number' || typeof value === 'bigint')
    return { kind: 'number', typeName: typeName(type), value };
  return { kind: 'instance', value: Object(value) as object };
}

function inspectObject(value: object): Inspected {
  if (value instanceof AnonymousObject)
    return { kind: 'object', properties: anonymousProperties(value) };
  if (value instanceof NetDictionary) {
    const [k, v] = value.netType.kind === 'named' ? value.netType.args : [];
    const entries = [...value.pairs()].map(
      (p) => [keyText(boxItem(p.key, k)), boxItem(p.value, v)] as const,
    );
    return { kind: 'dictionary', entries };
  }
  if ('pairs' in value && typeof value.pairs === 'function')
    return inspectView(value as DictionaryView);
  if (value instanceof NetMatrix) return { kind: 'sequence', items: rows(value, 0, 0) };
  if (runtimeType(value) === named('object'))
    return { kind: 'object', properties: viewProperties(value) };
  const item = itemType(value);
  if (item !== undefined) {
    return {
      kind: 'sequence',
      items: {
        *[Symbol.iterator]() {
          for (const x of iterate(value)) yield boxItem(x, item);
        },
      },
    };
  }
  return { kind: 'instance', value };
}

/** Dates as keys are written as JSON writes them, everything else as text. */
function keyText(key: unknown): string {
  if (!(key instanceof DateTime)) return textOf(key);
  return formatDateTime(key, 'yyyy-MM-ddTHH:mm:ss.FFFFFFFK', invariantCulture);
}

/** The rows of a multi-dimensional array, outermost first. */
function rows(matrix: NetMatrix, dimension: number, offset: number): unknown[] {
  const [length = 0, ...inner] = matrix.lengths.slice(dimension);
  const width = inner.reduce((a, b) => a * b, 1);
  const element = matrix.netType.kind === 'array' ? matrix.netType.element : undefined;
  return Array.from({ length }, (_, i) => {
    const at = offset + i * width;
    return inner.length === 0
      ? boxItem(matrix.items[at], element)
      : rows(matrix, dimension + 1, at);
  });
}

/** The properties of a part of `context` (a group, an identity …): plain objects of the host. */
function viewProperties(value: object): (readonly [string, unknown])[] {
  return Object.entries(value)
    .filter(([, v]) => v === null || typeof v === 'string' || typeof v === 'boolean')
    .map(([name, v]) => [name.charAt(0).toUpperCase() + name.slice(1), v as unknown] as const);
}

/** Headers, variables, claims … as dictionaries. */
function inspectView(view: DictionaryView): Inspected {
  const type = runtimeType(view);
  const value = type?.kind === 'named' ? type.args[1] : undefined;
  return {
    kind: 'dictionary',
    entries: [...view.pairs()].map((p) => [textOf(p.key), boxItem(p.value, value)] as const),
  };
}

function boxItem(value: unknown, type: NetType | undefined): unknown {
  if (type === undefined) return value;
  return box(value, nullableUnderlying(type) ?? type);
}

/** T of an array or a generic collection (List, HashSet, Queue, Stack, lazy sequence of a known type). */
export function itemType(value: object): NetType | undefined {
  const type = runtimeType(value);
  if (type?.kind === 'array') return type.element;
  if (type?.kind === 'named' && type.args.length === 1 && Symbol.iterator in value)
    return type.args[0];
  return undefined;
}

/** Property names of an anonymous object with their boxed values. */
function anonymousProperties(value: AnonymousObject): readonly (readonly [string, unknown])[] {
  const { definition } = value.netType;
  return [...definition.memberNames()].map((name, i) => {
    const member = definition.members(name)[0];
    return [
      name,
      member?.kind === 'property' ? boxItem(value.values[i], member.type) : null,
    ] as const;
  });
}
