import {
  argumentException,
  argumentNull,
  JContainer,
  JObject,
  JToken,
  JValue,
} from '@isthmus/dotnet';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { iterate, sequence } from '../../runtime/sequence.js';
import { typeTable } from '../table.js';
import { changeToken } from './change-type.js';
import type { NetType } from '../../binding/net-type.js';

function tokens(source: unknown): Iterable<JToken> {
  return iterate(source, 'JToken') as Iterable<JToken>;
}

function flat(source: unknown, below: (token: JToken) => Iterable<unknown>) {
  return sequence(function* () {
    for (const token of tokens(source)) yield* below(token);
  });
}

function* values(token: JToken, key: unknown): Generator<JToken> {
  const value = token.get(key);
  if (value !== null) yield value;
}

function* converted(token: JToken, target: NetType): Generator<unknown> {
  if (token instanceof JValue) yield changeToken(token, target);
  else for (const child of token.children()) yield changeToken(child, target);
}

function one(source: unknown, target: NetType): unknown {
  if (source === null) throw argumentNull('value');
  if (source instanceof JToken) return changeToken(source, target);
  throw argumentException('Source value must be a JToken.');
}

export const extensionsTable = typeTable(
  'static class Newtonsoft.Json.Linq.Extensions',
  {},
  {
    'static IEnumerable<JToken> Ancestors<T>(this IEnumerable<T> source) where T : JToken': (
      source: unknown,
    ) => flat(source, (token) => token.ancestors()),
    'static IEnumerable<JToken> AncestorsAndSelf<T>(this IEnumerable<T> source) where T : JToken': (
      source: unknown,
    ) => flat(source, (token) => token.ancestorsAndSelf()),
    'static IEnumerable<JToken> Descendants<T>(this IEnumerable<T> source) where T : JContainer': (
      source: unknown,
    ) => flat(source, (token) => (token as JContainer).descendants()),
    'static IEnumerable<JToken> DescendantsAndSelf<T>(this IEnumerable<T> source) where T : JContainer':
      (source: unknown) => flat(source, (token) => (token as JContainer).descendantsAndSelf()),
    'static IEnumerable<JProperty> Properties(this IEnumerable<JObject> source)': (
      source: unknown,
    ) => flat(source, (token) => (token as JObject).properties()),
    'static IEnumerable<JToken> Values(this IEnumerable<JToken> source, object key)': (
      source: unknown,
      key: unknown,
    ) => flat(source, (token) => values(token, key)),
    'static IEnumerable<JToken> Values(this IEnumerable<JToken> source)': (source: unknown) =>
      flat(source, (token) => (token instanceof JValue ? [token] : token.children())),
    'static IEnumerable<U> Values<U>(this IEnumerable<JToken> source, object key)': (
      source: unknown,
      key: unknown,
      _runtime: Runtime,
      site: Site,
    ) =>
      flat(source, function* (token) {
        for (const value of values(token, key)) yield changeToken(value, site.typeArguments[0]!);
      }),
    'static IEnumerable<U> Values<U>(this IEnumerable<JToken> source)': (
      source: unknown,
      _runtime: Runtime,
      site: Site,
    ) => flat(source, (token) => converted(token, site.typeArguments[0]!)),
    'static U Value<U>(this IEnumerable<JToken> value)': (
      value: unknown,
      _runtime: Runtime,
      site: Site,
    ) => one(value, site.typeArguments[0]!),
    'static U Value<T, U>(this IEnumerable<T> value) where T : JToken': (
      value: unknown,
      _runtime: Runtime,
      site: Site,
    ) => one(value, site.typeArguments[1]!),
    'static IEnumerable<JToken> Children<T>(this IEnumerable<T> source) where T : JToken': (
      source: unknown,
    ) => flat(source, (token) => token.children()),
    'static IEnumerable<U> Children<T, U>(this IEnumerable<T> source) where T : JToken': (
      source: unknown,
      _runtime: Runtime,
      site: Site,
    ) =>
      flat(source, function* (token) {
        for (const child of token.children()) yield changeToken(child, site.typeArguments[1]!);
      }),
    'static IEnumerable<JToken> AsJEnumerable(this IEnumerable<JToken> source)': (
      source: unknown,
    ) => source,
  },
);
