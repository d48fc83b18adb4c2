import { NetEnumerator } from '../../runtime/enumerator.js';
import {
  argumentException,
  argumentOutOfRange,
  JArray,
  JConstructor,
  JContainer,
  JObject,
  JProperty,
  JRaw,
  JToken,
  JValue,
  merge,
  parseArray,
  parseConstructor,
  parseObject,
} from '@isthmus/dotnet';
import { Pair } from '../../runtime/pair.js';
import type { Ref } from '../../runtime/ref.js';
import type { Runtime } from '../../runtime/runtime.js';
import { sequence } from '../../runtime/sequence.js';
import { textOf } from '../../runtime/text.js';
import { typeTable } from '../table.js';
import { contentOf, contentsOf, required, scalarObject, treeOf } from './content.js';
import { tokenFacets } from './j-token.js';

export const jContainerTable = typeTable(
  'abstract class Newtonsoft.Json.Linq.JContainer : JToken, IList<JToken>',
  { ...tokenFacets, instance: JContainer, items: (token: JContainer) => token.children() },
  {
    'int Count { get; }': (self: JContainer) => self.count,
    'IEnumerable<JToken> Descendants()': (self: JContainer) => sequence(() => self.descendants()),
    'IEnumerable<JToken> DescendantsAndSelf()': (self: JContainer) =>
      sequence(() => self.descendantsAndSelf()),
    'void Add(object content)': (self: JContainer, content: unknown, runtime: Runtime) => {
      runtime.size(self.count + 1);
      self.add(contentOf(content));
    },
    'void AddFirst(object content)': (self: JContainer, content: unknown) =>
      self.addFirst(contentOf(content)),
    'void ReplaceAll(object content)': (self: JContainer, content: unknown) =>
      self.replaceAll(contentOf(content)),
    'void RemoveAll()': (self: JContainer) => self.removeAll(),
    'void Merge(object content)': (self: JContainer, content: unknown) =>
      merge(self, contentOf(content)),
  },
);

function* pairsOf(object: JObject): Generator<Pair> {
  for (const property of object.enumerate() as Iterable<JProperty>)
    yield new Pair(property.name, property.value);
}

/** StringComparison members that ignore case. */
const ignoresCase = (comparison: number): boolean => comparison % 2 === 1;

export const jObjectTable = typeTable(
  'class Newtonsoft.Json.Linq.JObject : JContainer, IDictionary<string,JToken>',
  {
    ...tokenFacets,
    instance: JObject,
    items: (object: JObject, itemType: string | null) =>
      itemType === 'JToken' ? object.enumerate() : pairsOf(object),
  },
  {
    'new()': () => new JObject(),
    'new(JObject other)': (other: JObject | null) => required(other, 'other').deepClone(),
    'new(params object[] content)': (content: unknown[]) => new JObject(contentsOf(content)),
    'new(object content)': (content: unknown) => new JObject([contentOf(content)]),
    'static JObject Parse(string json)': (json: string | null) => parseObject(json),
    'static JObject Parse(string json, JsonLoadSettings settings)': (json: string | null) =>
      parseObject(json),
    'static JObject FromObject(object o)': (o: unknown, runtime: Runtime) => {
      const tree = treeOf(required(o, 'o'), runtime);
      if (tree instanceof JObject) return tree;
      throw argumentException(`Object serialized to ${tree.type}. JObject instance expected.`);
    },
    'JToken this[object key] { get; set; }': {
      get: (self: JObject, key: unknown) => self.get(required(key, 'key')),
      set: (self: JObject, key: unknown, value: JToken | null) =>
        self.set(required(key, 'key'), value),
    },
    'IEnumerator<KeyValuePair<string,JToken>> GetEnumerator()': (self: JObject) =>
      new NetEnumerator(() => pairsOf(self)),
    'JToken this[string propertyName] { get; set; }': {
      get: (self: JObject, name: string | null) => self.get(required(name, 'propertyName')),
      set: (self: JObject, name: string | null, value: JToken | null) =>
        self.set(required(name, 'propertyName'), value),
    },
    'void Add(string propertyName, JToken value)': (
      self: JObject,
      name: string | null,
      value: JToken | null,
      runtime: Runtime,
    ) => {
      runtime.size(self.count + 1);
      self.addProperty(required(name, 'propertyName'), value);
    },
    'bool ContainsKey(string propertyName)': (self: JObject, name: string | null) =>
      self.has(required(name, 'propertyName')),
    'bool Remove(string propertyName)': (self: JObject, name: string | null) =>
      self.removeProperty(name),
    'bool TryGetValue(string propertyName, out JToken value)': (
      self: JObject,
      name: string | null,
      value: Ref,
    ) => take(self, required(name, 'propertyName'), false, value),
    'bool TryGetValue(string propertyName, StringComparison comparison, out JToken value)': (
      self: JObject,
      name: string | null,
      comparison: number,
      value: Ref,
    ) => take(self, required(name, 'propertyName'), ignoresCase(comparison), value),
    'JToken GetValue(string propertyName)': (self: JObject, name: string | null) =>
      self.property(name)?.value ?? null,
    'JToken GetValue(string propertyName, StringComparison comparison)': (
      self: JObject,
      name: string | null,
      comparison: number,
    ) => self.property(name, ignoresCase(comparison))?.value ?? null,
    'IEnumerable<JProperty> Properties()': (self: JObject) => sequence(() => self.enumerate()),
    'JProperty Property(string name)': (self: JObject, name: string | null) => self.property(name),
    'JProperty Property(string name, StringComparison comparison)': (
      self: JObject,
      name: string | null,
      comparison: number,
    ) => self.property(name, ignoresCase(comparison)),
    'IEnumerable<JToken> PropertyValues()': (self: JObject) =>
      sequence(function* () {
        for (const property of self.properties()) yield property.value;
      }),
  },
);

function take(self: JObject, name: string, ignoreCase: boolean, out: Ref): boolean {
  const property = self.property(name, ignoreCase);
  out.value = property?.value ?? null;
  return property !== null;
}

export const jArrayTable = typeTable(
  'class Newtonsoft.Json.Linq.JArray : JContainer, IList<JToken>',
  { ...tokenFacets, instance: JArray, items: (array: JArray) => array.enumerate() },
  {
    'new()': () => new JArray(),
    'new(JArray other)': (other: JArray | null) => required(other, 'other').deepClone(),
    'new(params object[] content)': (content: unknown[]) => new JArray(contentsOf(content)),
    'new(object content)': (content: unknown) => new JArray([contentOf(content)]),
    'static JArray Parse(string json)': (json: string | null) => parseArray(json),
    'static JArray Parse(string json, JsonLoadSettings settings)': (json: string | null) =>
      parseArray(json),
    'static JArray FromObject(object o)': (o: unknown, runtime: Runtime) => {
      const tree = treeOf(required(o, 'o'), runtime);
      if (tree instanceof JArray) return tree;
      throw argumentException(`Object serialized to ${tree.type}. JArray instance expected.`);
    },
    'JToken this[object key] { get; set; }': {
      get: (self: JArray, key: unknown) => self.get(required(key, 'key')),
      set: (self: JArray, key: unknown, value: JToken | null) =>
        self.set(required(key, 'key'), value),
    },
    'JToken this[int index] { get; set; }': {
      get: (self: JArray, index: number) => self.at(index),
      set: (self: JArray, index: number, value: JToken | null) => self.setItem(index, value),
    },
    'void Add(JToken item)': (self: JArray, item: JToken | null, runtime: Runtime) => {
      runtime.size(self.count + 1);
      self.add(item);
    },
    'void Insert(int index, JToken item)': (self: JArray, index: number, item: JToken | null) => {
      if (index < 0 || index > self.count)
        throw argumentOutOfRange('index', 'Index must be within the bounds of the List.');
      self.insertItem(index, item);
    },
    'void RemoveAt(int index)': (self: JArray, index: number) => {
      if (index < 0) throw argumentOutOfRange('index', 'Index is less than 0.');
      if (index >= self.count)
        throw argumentOutOfRange('index', 'Index is equal to or greater than Count.');
      self.removeItemAt(index);
    },
    'bool Remove(JToken item)': (self: JArray, item: JToken | null) => self.removeItem(item),
    'void Clear()': (self: JArray) => self.removeAll(),
    'bool Contains(JToken item)': (self: JArray, item: JToken | null) => self.indexOf(item) >= 0,
    'int IndexOf(JToken item)': (self: JArray, item: JToken | null) => self.indexOf(item),
    'bool IsReadOnly { get; }': () => false,
  },
);

export const jPropertyTable = typeTable(
  'class Newtonsoft.Json.Linq.JProperty : JContainer',
  { ...tokenFacets, instance: JProperty, items: (property: JProperty) => property.children() },
  {
    'new(JProperty other)': (other: JProperty | null) => required(other, 'other').deepClone(),
    'new(string name, params object[] content)': (name: string | null, content: unknown[] | null) =>
      new JProperty(required(name, 'name'), content === null ? null : contentsOf(content)),
    'new(string name, object content)': (name: string | null, content: unknown) =>
      new JProperty(required(name, 'name'), contentOf(content)),
    'string Name { get; }': (self: JProperty) => self.name,
    'JToken Value { get; set; }': {
      get: (self: JProperty) => self.value,
      set: (self: JProperty, value: JToken | null) => {
        self.value = value;
      },
    },
  },
);

export const jConstructorTable = typeTable(
  'class Newtonsoft.Json.Linq.JConstructor : JContainer',
  { ...tokenFacets, instance: JConstructor, items: (token: JConstructor) => token.children() },
  {
    'new(string name)': (name: string | null) => new JConstructor(required(name, 'name')),
    'new(string name, params object[] content)': (name: string | null, content: unknown[]) =>
      new JConstructor(required(name, 'name'), contentsOf(content)),
    'static JConstructor Parse(string json)': (json: string | null) => parseConstructor(json),
    'string Name { get; set; }': {
      get: (self: JConstructor) => self.name,
      set: (self: JConstructor, name: string | null) => {
        self.name = name;
      },
    },
  },
);

export const jValueTable = typeTable(
  'class Newtonsoft.Json.Linq.JValue : JToken',
  {
    ...tokenFacets,
    instance: JValue,
    items: () => [],
    equals: (left: JValue, right: JValue) => left.equals(right),
    compare: (left: JValue, right: JValue) => left.compareTo(right),
    key: (value: JValue) => `${value.type}:${value.toJson()}`,
  },
  {
    'new(JValue other)': (other: JValue | null) => required(other, 'other').deepClone(),
    'new(object value)': (value: unknown) => {
      const content = contentOf(value);
      return content instanceof JValue && !(value instanceof JToken) ? content : JValue.of(content);
    },
    'new(long value)': (value: bigint) => new JValue(value, 'Integer', 'long'),
    'new(ulong value)': (value: bigint) => new JValue(value, 'Integer', 'ulong'),
    'new(double value)': (value: number) => JValue.float(value),
    'new(float value)': (value: number) => new JValue(value, 'Float', 'float'),
    'new(char value)': (value: number) => new JValue(String.fromCharCode(value), 'String', 'char'),
    ...Object.fromEntries(
      ['decimal', 'DateTime', 'DateTimeOffset', 'bool', 'Guid', 'TimeSpan'].map((type) => [
        `new(${type} value)`,
        (value: unknown) => JValue.of(value),
      ]),
    ),
    'new(string value)': (value: string | null) => JValue.string(value),
    'new(Uri value)': (value: unknown) => JValue.of(value),
    'object Value { get; set; }': {
      get: scalarObject,
      set: (self: JValue, value: unknown) => self.assign(value),
    },
    'static JValue CreateComment(string value)': (value: string | null) => JValue.comment(value),
    'static JValue CreateString(string value)': (value: string | null) => JValue.string(value),
    'static JValue CreateNull()': () => JValue.null(),
    'static JValue CreateUndefined()': () => JValue.undefined(),
    'bool Equals(JValue other)': (self: JValue, other: JValue | null) => self.equals(other),
    'int CompareTo(JValue obj)': (self: JValue, other: JValue | null) =>
      other === null ? 1 : Math.sign(self.compareTo(other)),
    'string ToString(string format)': (self: JValue, format: string | null) =>
      formatScalar(self, format),
  },
);

function formatScalar(self: JValue, format: string | null): string {
  return textOf(scalarObject(self), format);
}

export const jRawTable = typeTable(
  'class Newtonsoft.Json.Linq.JRaw : JValue',
  { ...tokenFacets, instance: JRaw, items: () => [] },
  {
    'new(JRaw other)': (other: JRaw | null) => required(other, 'other').deepClone(),
    'new(object rawJson)': (rawJson: unknown) =>
      new JRaw(rawJson === null ? null : textOf(rawJson)),
  },
);
