import {
  convertToken,
  deepEquals,
  invalidOperation,
  JContainer,
  JToken,
  JValue,
  parseToken,
  selectToken,
  selectTokens,
} from '@isthmus/dotnet';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { sequence } from '../../runtime/sequence.js';
import { textOf } from '../../runtime/text.js';
import { typeTable, type MemberRecord } from '../table.js';
import { changeToken } from './change-type.js';
import { contentOf, required, scalarObject, treeOf, typeNumber } from './content.js';
import { toObject } from './to-object.js';
import { tokenComparer } from './token-comparer.js';
import { matchRegex } from './match-regex.js';

const first = (site: Site) => site.typeArguments[0]!;
const pathOptions = (error: boolean) => ({ errorWhenNoMatch: error, regex: matchRegex });

const navigation: MemberRecord = {
  'JTokenType Type { get; }': typeNumber,
  'string Path { get; }': (self: JToken) => self.path,
  'JContainer Parent { get; }': (self: JToken) => self.parent,
  'JToken Root { get; }': (self: JToken) => self.root,
  'JToken Next { get; }': (self: JToken) => self.next,
  'JToken Previous { get; }': (self: JToken) => self.previous,
  'JToken First { get; }': (self: JToken) => self.first,
  'JToken Last { get; }': (self: JToken) => self.last,
  'bool HasValues { get; }': (self: JToken) => self.hasValues,
  'JToken this[object key] { get; set; }': {
    get: (self: JToken, key: unknown) => self.get(key),
    set: (self: JToken, key: unknown, value: JToken | null) => self.set(key, value),
  },
  'IEnumerable<JToken> Children()': (self: JToken) =>
    sequence(() => (self instanceof JContainer ? self.enumerate() : [][Symbol.iterator]())),
  'IEnumerable<T> Children<T>() where T : JToken': (self: JToken, _runtime: Runtime, site: Site) =>
    sequence(function* () {
      for (const child of self.children()) if (isOf(child, site)) yield child;
    }),
  'IEnumerable<JToken> Ancestors()': (self: JToken) => sequence(() => self.ancestors()),
  'IEnumerable<JToken> AncestorsAndSelf()': (self: JToken) =>
    sequence(() => self.ancestorsAndSelf()),
  'IEnumerable<JToken> AfterSelf()': (self: JToken) => sequence(() => self.afterSelf()),
  'IEnumerable<JToken> BeforeSelf()': (self: JToken) => sequence(() => self.beforeSelf()),
};

function isOf(token: JToken, site: Site): boolean {
  const { definition } = first(site) as { definition?: { facets: { instance?: unknown } } };
  const instance = definition?.facets.instance;
  return typeof instance === 'function' ? token instanceof instance : true;
}

const values: MemberRecord = {
  'T Value<T>(object key)': (self: JToken, key: unknown, _runtime: Runtime, site: Site) =>
    changeToken(self.get(key), first(site)),
  'IEnumerable<T> Values<T>()': (self: JToken, _runtime: Runtime, site: Site) => {
    if (!(self instanceof JContainer))
      throw invalidOperation(`Cannot access child value on ${self.fullName}.`);
    return sequence(function* () {
      for (const child of self.children()) yield changeToken(child, first(site));
    });
  },
  'T ToObject<T>()': (self: JToken, runtime: Runtime, site: Site) =>
    toObject(self, first(site), runtime),
  'JToken SelectToken(string path)': (self: JToken, path: string | null) =>
    selectToken(self, required(path, 'expression'), pathOptions(false)),
  'JToken SelectToken(string path, bool errorWhenNoMatch)': (
    self: JToken,
    path: string | null,
    error: boolean,
  ) => selectToken(self, required(path, 'expression'), pathOptions(error)),
  'IEnumerable<JToken> SelectTokens(string path)': (self: JToken, path: string | null) =>
    lazy(() => selectTokens(self, required(path, 'expression'), pathOptions(false))),
  'IEnumerable<JToken> SelectTokens(string path, bool errorWhenNoMatch)': (
    self: JToken,
    path: string | null,
    error: boolean,
  ) => lazy(() => selectTokens(self, required(path, 'expression'), pathOptions(error))),
  'JToken DeepClone()': (self: JToken) => self.deepClone(),
  'string ToString(Formatting formatting)': (
    self: JToken,
    formatting: number,
    runtime: Runtime,
  ) => {
    const text = self.toJson(formatting === 1 ? 'Indented' : 'None');
    runtime.size(text.length);
    return text;
  },
};

function lazy(find: () => readonly JToken[]) {
  return sequence(() => find()[Symbol.iterator]());
}

const changes: MemberRecord = {
  'void Remove()': (self: JToken) => self.remove(),
  'void Replace(JToken value)': (self: JToken, value: JToken | null) => self.replace(value),
  'void AddAfterSelf(object content)': (self: JToken, content: unknown) =>
    self.addAfterSelf(contentOf(content)),
  'void AddBeforeSelf(object content)': (self: JToken, content: unknown) =>
    self.addBeforeSelf(contentOf(content)),
};

const statics: MemberRecord = {
  'static JTokenEqualityComparer EqualityComparer { get; }': () => tokenComparer,
  'static JToken Parse(string json)': (json: string | null) => parseToken(json),
  'static JToken Parse(string json, JsonLoadSettings settings)': (json: string | null) =>
    parseToken(json),
  'static JToken FromObject(object o)': (o: unknown, runtime: Runtime) =>
    treeOf(required(o, 'o'), runtime),
  'static bool DeepEquals(JToken t1, JToken t2)': (t1: JToken | null, t2: JToken | null) =>
    deepEquals(t1, t2),
};

const readable = [
  'bool',
  'bool?',
  'char',
  'char?',
  'sbyte',
  'sbyte?',
  'byte',
  'byte?',
  'short',
  'short?',
  'ushort',
  'ushort?',
  'int',
  'int?',
  'uint',
  'uint?',
  'long',
  'long?',
  'ulong',
  'ulong?',
  'float',
  'float?',
  'double',
  'double?',
  'decimal',
  'decimal?',
  'DateTime',
  'DateTime?',
  'DateTimeOffset',
  'DateTimeOffset?',
  'TimeSpan',
  'TimeSpan?',
  'Guid',
  'Guid?',
  'string',
  'byte[]',
  'Uri',
];
const explicitOperators: MemberRecord = Object.fromEntries(
  readable.map((type) => [
    `static explicit operator ${type}(JToken value)`,
    (value: JToken | null) => convertToken(value, type),
  ]),
);

const whole = ['sbyte', 'byte', 'short', 'ushort', 'int', 'uint', 'long', 'ulong'];
const others = ['bool', 'decimal', 'DateTime', 'DateTimeOffset', 'TimeSpan', 'Guid'];
type Convert = (value: never) => JToken;
const wholeValue: Convert = (value: number | bigint | null) =>
  value === null ? JValue.null() : new JValue(BigInt(value), 'Integer', 'long');
const unsignedValue: Convert = (value: bigint | null) =>
  value === null ? JValue.null() : new JValue(value, 'Integer', 'ulong');
const plainValue: Convert = (value: unknown) => JValue.of(value);
const floatValue: Convert = (value: number | null) =>
  value === null ? JValue.null() : new JValue(value, 'Float', 'float');

/** Implicit conversions to JToken: numbers become the constructors' long, ulong, double, float. */
const implicitOperators: MemberRecord = Object.fromEntries(
  [
    ...whole.map((type) => [type, type === 'ulong' ? unsignedValue : wholeValue] as const),
    ...others.map((type) => [type, plainValue] as const),
    ['double', plainValue] as const,
    ['float', floatValue] as const,
  ]
    .flatMap(([type, convert]) => [[type, convert] as const, [`${type}?`, convert] as const])
    .concat([
      ['string', (value: string | null) => JValue.string(value)],
      ['byte[]', plainValue],
      ['Uri', plainValue],
    ])
    .map(([type, convert]) => [`static implicit operator JToken(${type} value)`, convert]),
);

/** Facets that all tokens have. */
export const tokenFacets = {
  text: (token: JToken, format: string | null) =>
    format !== null && token instanceof JValue
      ? textOf(scalarObject(token), format)
      : token.toString(),
  typed: (token: JToken) => ({ tokenType: token.type, json: token.toJson('None') }),
};

export const jTokenTable = typeTable(
  'abstract class Newtonsoft.Json.Linq.JToken : IEnumerable<JToken>',
  { ...tokenFacets, instance: JToken, items: (token: JToken) => token.children() },
  navigation,
  values,
  changes,
  statics,
  explicitOperators,
  implicitOperators,
);
