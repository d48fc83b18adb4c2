import {
  buildTree,
  DateTime,
  DateTimeOffset,
  DotNetError,
  Decimal,
  Guid,
  JArray,
  JObject,
  JProperty,
  JToken,
  JValue,
  jTokenTypes,
  jsonOfTree,
  TimeSpan,
  Uri,
  XObject,
  argumentNull,
  type TreeNode,
} from '@isthmus/dotnet';
import { netType } from '../../binding/catalogue.js';
import { inspect } from '../../runtime/inspect.js';
import type { DictionaryView } from '../../runtime/collections/net-dictionary.js';
import { box, runtimeType } from '../../runtime/runtime-type.js';
import { iterate } from '../../runtime/sequence.js';
import { NetTupleObject } from '../../runtime/tuple-object.js';
import type { Runtime } from '../../runtime/runtime.js';

/** The number of a token's JTokenType. */
export function typeNumber(token: JToken): number {
  return jTokenTypes.indexOf(token.type);
}

/** What a container's `params object[] content` may hold, with arrays and lists unfolded to plain arrays. */
export function contentOf(value: unknown): unknown {
  if (value instanceof JToken) return value;
  const seen = inspect(value);
  if (seen.kind === 'sequence') return [...seen.items].map(contentOf);
  if (seen.kind === 'enum') return enumValue(seen);
  if (seen.kind === 'dictionary' && seen.entries.length === 0) return [];
  if (seen.kind === 'dictionary' || seen.kind === 'object')
    throw new DotNetError(
      'System.ArgumentException',
      'Could not determine JSON object type for type System.Collections.Generic.KeyValuePair`2.',
    );
  return value;
}

/** `params object[]`: one array passed alone is the content itself. */
export function contentsOf(values: readonly unknown[] | null): unknown[] {
  return values === null ? [null] : [...values].map(contentOf);
}

/** An enum member: an integer that shows its name. */
function enumValue(seen: { readonly value: number; readonly text: string }): JValue {
  const value = new JValue(BigInt(seen.value), 'Integer', 'int');
  value.label = seen.text;
  return value;
}

/** JToken.FromObject: the tree that the serializer makes of a value. */
export function treeOf(value: unknown, runtime: Runtime): JToken {
  runtime.step();
  const seen = inspect(value);
  switch (seen.kind) {
    case 'null':
      return JValue.null();
    case 'object':
      return objectOf(seen.properties, runtime);
    case 'dictionary':
      return objectOf(seen.entries, runtime);
    case 'sequence': {
      const array = new JArray();
      for (const item of seen.items) array.append(treeOf(item, runtime));
      return array;
    }
    case 'enum':
      return JValue.integer(BigInt(seen.value));
    case 'instance':
      return instanceTree(seen.value, runtime);
    case 'number':
      return seen.typeName === 'char'
        ? JValue.string(String.fromCharCode(Number(seen.value)))
        : JValue.of(value);
    case 'string':
    case 'bool':
    case 'bytes':
      return JValue.of(value);
  }
}

function objectOf(properties: Iterable<readonly [string, unknown]>, runtime: Runtime): JObject {
  const object = new JObject();
  for (const [name, value] of properties) object.load(name, treeOf(value, runtime));
  return object;
}

function instanceTree(value: object, runtime: Runtime): JToken {
  if (value instanceof JProperty) {
    const object = new JObject();
    object.append(value.deepClone());
    return object;
  }
  if (value instanceof JToken) return value.deepClone();
  if (value instanceof XObject) return jsonOfTree(xmlTree(value));
  if (isScalar(value)) return JValue.of(value);
  if (value instanceof NetTupleObject) {
    const { args } = value.netType;
    return objectOf(
      value.items.map((item, i) => [`Item${i + 1}`, box(item, args[i] ?? value.netType)] as const),
      runtime,
    );
  }
  if ('pairs' in value && typeof value.pairs === 'function')
    return viewTree(value as DictionaryView, runtime);
  if (Symbol.iterator in value) {
    const array = new JArray();
    for (const item of iterate(value)) array.append(treeOf(plainItem(item), runtime));
    return array;
  }
  return objectOf(propertiesOf(value, runtime), runtime);
}

function isScalar(value: object): boolean {
  return (
    value instanceof Decimal ||
    value instanceof DateTime ||
    value instanceof DateTimeOffset ||
    value instanceof TimeSpan ||
    value instanceof Guid ||
    value instanceof Uri
  );
}

function viewTree(view: DictionaryView, runtime: Runtime): JObject {
  const object = new JObject();
  for (const { key, value } of view.pairs())
    object.load(String(key), treeOf(plainItem(value), runtime));
  return object;
}

// Raw numbers of a sequence whose type is not known are ints where they are whole.
function plainItem(value: unknown): unknown {
  return typeof value === 'number'
    ? box(value, netType(Number.isInteger(value) ? 'int' : 'double'))
    : value;
}

// Public properties of any other object, as the serializer finds them.
function* propertiesOf(value: object, runtime: Runtime): Generator<readonly [string, unknown]> {
  const type = runtimeType(value);
  if (type?.kind !== 'named') return;
  for (const name of type.definition.memberNames())
    for (const member of type.definition.members(name))
      if (
        member.kind === 'property' &&
        !member.isStatic &&
        member.parameters.length === 0 &&
        member.get
      )
        yield [name, box(member.get(value as never, runtime as never), member.type)];
}

function xmlTree(value: XObject): TreeNode {
  const tree = buildTree(value.toXml({ disableFormatting: true }), { dtd: 'internal' });
  return tree;
}

/** A required object argument. */
export function required<T>(value: T | null, name: string): T {
  if (value === null || value === undefined) throw argumentNull(name);
  return value;
}

/** `JValue.Value`: the scalar as `object`. */
export function scalarObject(token: JValue): unknown {
  const { value, clrType } = token;
  if (typeof value === 'bigint') {
    if (clrType === 'long' || clrType === 'ulong' || clrType === undefined)
      return box(value, netType(clrType ?? 'long'));
    if (clrType === 'BigInteger') return Decimal.fromInteger(value);
    return box(Number(value), netType(clrType));
  }
  if (clrType === 'char') return box((value as string).charCodeAt(0), netType('char'));
  return typeof value === 'number' ? box(value, netType(clrType ?? 'double')) : value;
}
