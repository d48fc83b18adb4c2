import { argumentNull } from '@isthmus/dotnet';
import { netType } from '../../binding/catalogue.js';
import { isValueType } from '../../binding/net-type.js';
import { castReference, unboxTo } from '../../compile/casts.js';
import {
  NetAuthorization,
  NetCredentials,
  NetJwt,
  readBasic,
  readBearer,
} from '../../context/credentials.js';
import { writeForm } from '../../context/message-content.js';
import { cached, MapView, NameValuesView } from '../../context/views.js';
import type { DictionaryView } from '../../runtime/collections/net-dictionary.js';
import { defaultValue } from '../../runtime/default-value.js';
import type { Ref } from '../../runtime/ref.js';
import { newArray } from '../../runtime/runtime-type.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { typeTable, type TypeTable } from '../table.js';

const claims = cached(
  (self: NetJwt) =>
    new MapView(netType('IReadOnlyDictionary<string,string[]>'), self.jwt.claims, (v) =>
      newArray('string', [...(v as readonly string[])]),
    ),
);

function firstOf(self: DictionaryView | null, key: string): string | undefined {
  if (self === null) throw argumentNull('dictionary');
  if (self instanceof NameValuesView) return self.joined(key);
  const found = self.find(key) as readonly string[] | string | null | undefined;
  if (found === undefined || found === null) return undefined;
  return typeof found === 'string' ? found : found.join(',');
}

/** Variables.GetValueOrDefault<T>: a stored value of another type is a failed cast. */
function variable(
  self: DictionaryView | null,
  key: string,
  other: unknown,
  ...rest: unknown[]
): unknown {
  const type = (rest[1] as Site).typeArguments[0]!;
  if (self === null) throw argumentNull('dictionary');
  const found = self.find(key);
  if (found === undefined) return other === undefined ? defaultValue(type) : other;
  const cast = isValueType(type) ? unboxTo(type) : castReference(type);
  return cast(() => found)(undefined as never);
}

function tryRead<T>(read: (text: string | null) => T | null) {
  return (text: string | null, result: Ref): boolean => {
    result.value = read(text);
    return result.value !== null;
  };
}

export const credentialTables: readonly TypeTable[] = [
  typeTable(
    'class Microsoft.ApiManagement.Jwt',
    {
      instance: NetJwt,
      typed: (self: NetJwt) => ({ claims: Object.fromEntries(self.jwt.claims) }),
    },
    {
      'string Algorithm { get; }': (self: NetJwt) => self.jwt.algorithm,
      'IEnumerable<string> Audiences { get; }': (self: NetJwt) =>
        newArray('string', [...self.jwt.audiences]),
      'IReadOnlyDictionary<string,string[]> Claims { get; }': (self: NetJwt) => claims(self),
      'DateTime? ExpirationTime { get; }': (self: NetJwt) => self.jwt.expirationTime,
      'string Id { get; }': (self: NetJwt) => self.jwt.id,
      'string Issuer { get; }': (self: NetJwt) => self.jwt.issuer,
      'DateTime? IssuedAt { get; }': (self: NetJwt) => self.jwt.issuedAt,
      'DateTime? NotBefore { get; }': (self: NetJwt) => self.jwt.notBefore,
      'string Subject { get; }': (self: NetJwt) => self.jwt.subject,
      'string Type { get; }': (self: NetJwt) => self.jwt.type,
    },
  ),
  typeTable(
    'class Microsoft.ApiManagement.BasicAuthCredentials',
    { instance: NetCredentials },
    {
      'string UserId { get; }': (self: NetCredentials) => self.userId,
      'string Username { get; }': (self: NetCredentials) => self.userId,
      'string Password { get; }': (self: NetCredentials) => self.password,
    },
  ),
  typeTable(
    'class Microsoft.ApiManagement.Authorization',
    { instance: NetAuthorization },
    {
      'string AccessToken { get; }': (self: NetAuthorization) => self.accessToken,
      'IReadOnlyDictionary<string,object> Claims { get; }': (self: NetAuthorization) =>
        new MapView(
          netType('IReadOnlyDictionary<string,object>'),
          new Map(Object.entries(self.claims)),
        ),
    },
  ),
  typeTable(
    'static class Microsoft.ApiManagement.ContextExtensions',
    {},
    {
      'static string GetValueOrDefault(this IReadOnlyDictionary<string,string[]> dictionary, string key, string defaultValue = null)':
        (self: DictionaryView | null, key: string, other: string | null) =>
          firstOf(self, key) ?? other,
      'static string[] GetValueOrDefault(this IReadOnlyDictionary<string,string[]> dictionary, string key, IEnumerable defaultValue)':
        (self: DictionaryView | null, key: string, other: unknown) => {
          if (self === null) throw argumentNull('dictionary');
          return self.find(key) ?? other;
        },
      'static string GetValueOrDefault(this IReadOnlyDictionary<string,string> dictionary, string key, string defaultValue = null)':
        (self: DictionaryView | null, key: string, other: string | null) =>
          firstOf(self, key) ?? other,
      'static string GetValueOrDefault(this IDictionary<string,string> dictionary, string key, string defaultValue = null)':
        (self: DictionaryView | null, key: string, other: string | null) =>
          firstOf(self, key) ?? other,
      'static object GetValueOrDefault(this IReadOnlyDictionary<string,object> dictionary, string key)':
        (self: DictionaryView | null, key: string) => {
          if (self === null) throw argumentNull('dictionary');
          return self.find(key) ?? null;
        },
      'static T GetValueOrDefault<T>(this IReadOnlyDictionary<string,object> dictionary, string key)':
        (self: DictionaryView | null, key: string, runtime: Runtime, site: Site) =>
          variable(self, key, undefined, runtime, site),
      'static T GetValueOrDefault<T>(this IReadOnlyDictionary<string,object> dictionary, string key, T defaultValue)':
        variable,
      'static BasicAuthCredentials AsBasic(this string text)': readBasic,
      'static bool TryParseBasic(this string text, out BasicAuthCredentials credentials)':
        tryRead(readBasic),
      'static Jwt AsJwt(this string text)': readBearer,
      'static bool TryParseJwt(this string text, out Jwt token)': tryRead(readBearer),
      'static string ToFormUrlEncodedContent(this IDictionary<string,IList<string>> content)':
        writeForm,
      'static string ToQueryString(this IDictionary<string,IList<string>> content)': (
        form: DictionaryView | null,
      ) => {
        const text = writeForm(form);
        return text === '' ? '' : `?${text}`;
      },
    },
  ),
];
