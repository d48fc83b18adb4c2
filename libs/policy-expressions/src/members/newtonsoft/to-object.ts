import {
  argumentException,
  convertToken,
  DotNetError,
  JArray,
  JObject,
  JToken,
  JValue,
  parseToken,
  parseDocument,
  parseElement,
  outerXml,
  treeOfJson,
  detectDate,
} from '@isthmus/dotnet';
import { named } from '../../binding/catalogue.js';
import {
  namedType,
  nullableUnderlying,
  typeName,
  type NamedType,
  type NetType,
} from '../../binding/net-type.js';
import { isSubtype } from '../../binding/subtyping.js';
import { newDictionary } from '../../runtime/collections/net-dictionary.js';
import { newList } from '../../runtime/collections/net-list.js';
import { NetQueue, NetStack } from '../../runtime/collections/net-queue.js';
import { NetSet } from '../../runtime/collections/net-set.js';
import { defaultValue } from '../../runtime/default-value.js';
import { NetTuple, Pair } from '../../runtime/pair.js';
import { NetTupleObject } from '../../runtime/tuple-object.js';
import { newArray } from '../../runtime/runtime-type.js';
import { reflectionName } from '../../runtime/reflection-name.js';
import type { Runtime } from '../../runtime/runtime.js';
import { scalarObject } from './content.js';
import { readScalar, serializationError } from './read-scalar.js';

/** How values are read: from JSON text (digits and dates as written) or from tokens. */
export interface Reading {
  readonly fromText: boolean;
  readonly runtime: Runtime;
}

// `JToken.ToObject<T>` converts these by the token's own explicit operators.
const operators = new Set([
  'bool',
  'char',
  'sbyte',
  'byte',
  'short',
  'ushort',
  'int',
  'uint',
  'long',
  'ulong',
  'float',
  'double',
  'decimal',
  'string',
  'DateTime',
  'DateTimeOffset',
  'TimeSpan',
  'Guid',
  'Uri',
]);

/** `token.ToObject<T>()`. */
export function toObject(token: JToken, target: NetType, runtime: Runtime): unknown {
  const nullable = nullableUnderlying(target);
  const name = typeName(nullable ?? target);
  if (operators.has(name)) return convertToken(token, nullable ? `${name}?` : name);
  return read(token, target, { fromText: false, runtime });
}

/** `JsonConvert.DeserializeObject<T>(text)`. */
export function deserialize(text: string, target: NetType, runtime: Runtime): unknown {
  runtime.step(text.length >> 6);
  if (text.trim() === '') return nothing(target);
  if (isToken(target)) return tokenOf(parseToken(text), target);
  if (typeName(target) === 'object') return anything(parseToken(text));
  return read(parseToken(text, { dates: 'None', keepSource: true }), target, {
    fromText: true,
    runtime,
  });
}

function nothing(target: NetType): unknown {
  if (target.kind === 'named' && defaultValue(target) !== null)
    throw serializationError(
      `No JSON content found and type '${reflectionName(target)}' is not nullable`,
    );
  return null;
}

function isToken(target: NetType): boolean {
  return isSubtype(target, named('JToken'));
}

function tokenOf(token: JToken, target: NetType): JToken | null {
  const { instance } = (target as NamedType).definition.facets;
  if (token.type === 'Null' && typeName(target) !== 'JToken' && typeName(target) !== 'JValue')
    return null;
  if (instance === undefined || token instanceof instance) return token;
  throw serializationError(
    `Deserialized JSON type '${token.fullName}' is not compatible with expected type '${reflectionName(target)}'`,
  );
}

// What `object` holds: containers stay tokens.
function anything(token: JToken): unknown {
  return token instanceof JValue ? scalarObject(token) : token;
}

/** One value of the target type; numbers and the like raw. */
function read(token: JToken, target: NetType, reading: Reading): unknown {
  reading.runtime.step();
  if (typeName(target) === 'byte[]' && token instanceof JArray)
    return Uint8Array.from(token.children(), (item) => Number(convertToken(item, 'byte')));
  if (target.kind === 'array' && typeName(target) !== 'byte[]') {
    const items = readItems(token, target.element, target, reading);
    return items && newArray(target.element, items);
  }
  if (target.kind === 'named' && isToken(target)) return tokenOf(token.deepClone(), target);
  const name = typeName(target);
  if (name === 'XElement' || name === 'XDocument') return readXml(token, name);
  if (name === 'object') return readObject(token, reading);
  if (target.kind === 'named' && target.definition.kind === 'enum')
    return readEnum(token, target, reading);
  if (target.kind === 'named' && target.args.length > 0 && nullableUnderlying(target) === undefined)
    return readGeneric(token, target, reading);
  return readScalar(token, target, reading);
}

function readXml(token: JToken, name: 'XElement' | 'XDocument'): unknown {
  const tree = treeOfJson(token);
  if (tree === null) return null;
  const text = outerXml(tree);
  return name === 'XElement' ? parseElement(text) : parseDocument(text);
}

function readObject(token: JToken, { fromText }: Reading): unknown {
  if (!(token instanceof JValue)) return fromText ? parseToken(token.toJson('None')) : token;
  if (fromText && typeof token.value === 'string') return detectDate(token.value) ?? token.value;
  return scalarObject(token);
}

function readItems(
  token: JToken,
  element: NetType,
  target: NetType,
  reading: Reading,
): unknown[] | null {
  if (token.type === 'Null') return null;
  if (!(token instanceof JArray)) throw mismatch(token, target);
  return token.children().map((item) => read(item, element, reading));
}

function mismatch(token: JToken, target: NetType): DotNetError {
  const name = reflectionName(target);
  if (token instanceof JValue)
    return serializationError(
      `Error converting value ${token.toJson()} to type '${name}'. Path '${token.path}'`,
    );
  return serializationError(
    `Cannot deserialize the current JSON ${token.type === 'Object' ? 'object (e.g. {"name":"value"})' : 'array (e.g. [1,2,3])'} into type '${name}' because the type requires a different JSON form. Path '${token.path}'`,
  );
}

const listTypes = new Set([
  'List',
  'IList',
  'ICollection',
  'IEnumerable',
  'IReadOnlyList',
  'IReadOnlyCollection',
]);
const dictionaryTypes = new Set(['Dictionary', 'IDictionary', 'IReadOnlyDictionary']);

function readGeneric(token: JToken, target: NamedType, reading: Reading): unknown {
  const { name } = target.definition;
  const [a, b] = target.args;
  if (dictionaryTypes.has(name) && a && b) return readDictionary(token, target, [a, b], reading);
  if (name === 'KeyValuePair' && a && b) return readPair(token, [a, b], reading);
  if (name === 'Tuple' || name === 'ValueTuple') return readTuple(token, target, reading);
  const items = a === undefined ? null : readItems(token, a, target, reading);
  if (items === null || a === undefined) return null;
  if (listTypes.has(name)) return newList(a, items);
  if (name === 'Queue') return new NetQueue(target, items);
  if (name === 'Stack') return new NetStack(target, items.toReversed());
  if (name === 'HashSet' || name === 'ISet') {
    const set = new NetSet(namedType(named('HashSet<object>').definition, [a]));
    for (const item of items) set.add(item);
    return set;
  }
  throw mismatch(token, target);
}

function readDictionary(
  token: JToken,
  target: NamedType,
  [key, value]: readonly [NetType, NetType],
  reading: Reading,
): unknown {
  if (token.type === 'Null') return null;
  if (!(token instanceof JObject)) throw mismatch(token, target);
  const dictionary = newDictionary(key, value);
  for (const property of token.properties()) {
    const name = typeName(key) === 'string' ? property.name : readKey(property.name, key, reading);
    dictionary.set(name, read(property.value, value, reading));
  }
  return dictionary;
}

function readKey(name: string, key: NetType, reading: Reading): unknown {
  try {
    return read(JValue.string(name), key, reading);
  } catch (error) {
    if (!(error instanceof DotNetError)) throw error;
    throw serializationError(
      `Could not convert string '${name}' to dictionary key type '${reflectionName(key)}'. Create a TypeConverter to convert from the string to the key type object. Path '${name}'`,
    );
  }
}

function readPair(
  token: JToken,
  [key, value]: readonly [NetType, NetType],
  reading: Reading,
): unknown {
  if (!(token instanceof JObject))
    throw serializationError(`Unexpected end when reading KeyValuePair. Path '${token.path}'`);
  const part = (name: string, type: NetType): unknown => {
    const found = token.property(name, true);
    return found ? read(found.value, type, reading) : defaultValue(type);
  };
  return new Pair(part('Key', key), part('Value', value));
}

/** Tuple and ValueTuple: an object with `Item1` …; what is missing keeps its default. */
function readTuple(token: JToken, target: NamedType, reading: Reading): unknown {
  const isStruct = target.definition.name === 'ValueTuple';
  if (token.type === 'Null' && !isStruct) return null;
  if (!(token instanceof JObject)) throw mismatch(token, target);
  const items = target.args.map((type, i) => {
    const found = token.property(i === 7 ? 'Rest' : `Item${i + 1}`, true);
    return found ? read(found.value, type, reading) : defaultValue(type);
  });
  return isStruct ? new NetTuple(items) : new NetTupleObject(target, items);
}

function readEnum(token: JToken, target: NamedType, { fromText }: Reading): unknown {
  if (token instanceof JValue && typeof token.value === 'bigint') return Number(token.value);
  if (token instanceof JValue && typeof token.value === 'string') {
    const names = Object.entries(target.definition.enumeration?.values ?? {});
    const wanted = token.value.trim().toLowerCase();
    const found = names.find(([name]) => name.toLowerCase() === wanted);
    if (found) return found[1];
    if (/^-?\d+$/.test(wanted)) return Number(wanted);
    if (!fromText)
      throw argumentException(`Could not convert '${token.value}' to ${target.definition.name}.`);
  }
  throw mismatch(token, target);
}
