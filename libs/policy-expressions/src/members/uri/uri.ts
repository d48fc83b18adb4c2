import {
  argumentException,
  argumentNull,
  argumentOutOfRange,
  checkHostName,
  escapeDataString,
  escapeUriString,
  percentByte,
  unescapeDataString,
  Uri,
  type UriKind,
  type UriPartial,
} from '@isthmus/dotnet';
import { newArray } from '../../runtime/runtime-type.js';
import type { Ref } from '../../runtime/ref.js';
import type { Runtime } from '../../runtime/runtime.js';
import { enumTable, typeTable, type Facets, type MemberRecord } from '../table.js';

export const uriPartialTable = enumTable('System.UriPartial', {
  Scheme: 0,
  Authority: 1,
  Path: 2,
  Query: 3,
});
export const uriKindTable = enumTable('System.UriKind', {
  RelativeOrAbsolute: 0,
  Absolute: 1,
  Relative: 2,
});
const HOST_TYPES = ['Unknown', 'Basic', 'Dns', 'IPv4', 'IPv6'] as const;
export const uriHostNameTypeTable = enumTable('System.UriHostNameType', {
  Unknown: 0,
  Basic: 1,
  Dns: 2,
  IPv4: 3,
  IPv6: 4,
});

const KINDS: readonly UriKind[] = ['RelativeOrAbsolute', 'Absolute', 'Relative'];
const PARTS: readonly UriPartial[] = ['Scheme', 'Authority', 'Path', 'Query'];

function kindOf(value: number): UriKind {
  const kind = KINDS[value];
  if (!kind)
    throw argumentException(
      `The value '${value}' passed for the UriKind parameter is invalid.`,
      'uriKind',
    );
  return kind;
}

function partOf(value: number): UriPartial {
  const part = PARTS[value];
  if (!part)
    throw argumentException(
      "The specified value is not valid in the 'UriPartial' enumeration.",
      'part',
    );
  return part;
}

const facets: Facets = {
  instance: Uri,
  equals: (left: Uri, right: Uri) => left.equals(right),
  key: (value: Uri) => value.key,
  text: (value: Uri) => value.toString(),
  typed: (value: Uri) => ({ value: value.originalString }),
};

function given<T>(value: T | null, name: string): T {
  if (value === null) throw argumentNull(name);
  return value;
}

const creation: MemberRecord = {
  'new(string uriString)': (text: string | null) => Uri.parse(text),
  'new(string uriString, UriKind uriKind)': (text: string | null, kind: number) =>
    Uri.parse(text, kindOf(kind)),
  'new(Uri baseUri, string relativeUri)': (base: Uri | null, relative: string | null) =>
    combined(base, relative ?? ''),
  'new(Uri baseUri, Uri relativeUri)': (base: Uri | null, relative: Uri | null) =>
    combined(base, given(relative, 'relativeUri')),
  'static bool TryCreate(string uriString, UriKind uriKind, out Uri result)': (
    text: string | null,
    kind: number,
    result: Ref,
  ) => attempt(result, Uri.tryParse(text, kindOf(kind))),
  'static bool TryCreate(Uri baseUri, string relativeUri, out Uri result)': tryCombine,
  'static bool TryCreate(Uri baseUri, Uri relativeUri, out Uri result)': tryCombine,
};

function combined(base: Uri | null, relative: string | Uri): Uri {
  if (base === null) throw argumentNull('baseUri');
  if (!base.isAbsoluteUri)
    throw argumentOutOfRange('baseUri', 'This operation is not supported for a relative URI.');
  return Uri.combine(base, relative);
}

function attempt(result: Ref, uri: Uri | undefined): boolean {
  result.value = uri ?? null;
  return uri !== undefined;
}

function tryCombine(base: Uri | null, relative: string | Uri | null, result: Ref): boolean {
  let uri: Uri | undefined;
  try {
    if (base !== null && relative !== null) uri = combined(base, relative);
  } catch {
    uri = undefined; // the combination is no URI
  }
  return attempt(result, uri);
}

const properties: MemberRecord = {
  'string AbsolutePath { get; }': { get: (self: Uri) => self.absolutePath },
  'string AbsoluteUri { get; }': { get: (self: Uri) => self.absoluteUri },
  'string Authority { get; }': { get: (self: Uri) => self.authority },
  'string DnsSafeHost { get; }': { get: (self: Uri) => self.dnsSafeHost },
  'string Fragment { get; }': { get: (self: Uri) => self.fragment },
  'string Host { get; }': { get: (self: Uri) => self.host },
  'UriHostNameType HostNameType { get; }': {
    get: (self: Uri) => HOST_TYPES.indexOf(self.hostNameType),
  },
  'string IdnHost { get; }': { get: (self: Uri) => self.idnHost },
  'bool IsAbsoluteUri { get; }': { get: (self: Uri) => self.isAbsoluteUri },
  'bool IsDefaultPort { get; }': { get: (self: Uri) => self.isDefaultPort },
  'bool IsFile { get; }': { get: (self: Uri) => self.isFile },
  'bool IsLoopback { get; }': { get: (self: Uri) => self.isLoopback },
  'bool IsUnc { get; }': { get: (self: Uri) => self.isUnc },
  'string LocalPath { get; }': { get: (self: Uri) => self.localPath },
  'string OriginalString { get; }': { get: (self: Uri) => self.originalString },
  'string PathAndQuery { get; }': { get: (self: Uri) => self.pathAndQuery },
  'int Port { get; }': { get: (self: Uri) => self.port },
  'string Query { get; }': { get: (self: Uri) => self.query },
  'string Scheme { get; }': { get: (self: Uri) => self.scheme },
  'string[] Segments { get; }': { get: (self: Uri) => newArray('string', self.segments) },
  'bool UserEscaped { get; }': { get: () => false },
  'string UserInfo { get; }': { get: (self: Uri) => self.userInfo },
  ...Object.fromEntries(
    Object.entries({
      UriSchemeFile: 'file',
      UriSchemeFtp: 'ftp',
      UriSchemeGopher: 'gopher',
      UriSchemeHttp: 'http',
      UriSchemeHttps: 'https',
      UriSchemeMailto: 'mailto',
      UriSchemeNetPipe: 'net.pipe',
      UriSchemeNetTcp: 'net.tcp',
      UriSchemeNews: 'news',
      UriSchemeNntp: 'nntp',
      UriSchemeWs: 'ws',
      UriSchemeWss: 'wss',
      SchemeDelimiter: '://',
    }).map(([name, text]) => [`static readonly string ${name}`, () => text]),
  ),
};

const methods: MemberRecord = {
  'string GetLeftPart(UriPartial part)': (self: Uri, part: number) =>
    self.getLeftPart(partOf(part)),
  'bool Equals(object comparand)': (self: Uri, other: unknown) => {
    const uri = typeof other === 'string' ? Uri.tryParse(other, 'RelativeOrAbsolute') : other;
    return uri instanceof Uri && self.equals(uri);
  },
  'bool IsBaseOf(Uri uri)': (self: Uri, other: Uri | null) => self.isBaseOf(given(other, 'uri')),
  'Uri MakeRelativeUri(Uri uri)': (self: Uri, other: Uri | null) =>
    self.makeRelative(given(other, 'uri')),
  'bool IsWellFormedOriginalString()': (self: Uri) => self.isWellFormedOriginalString(),
  'static bool operator ==(Uri uri1, Uri uri2)': (a: Uri | null, b: Uri | null) => same(a, b),
  'static bool operator !=(Uri uri1, Uri uri2)': (a: Uri | null, b: Uri | null) => !same(a, b),
};

const same = (a: Uri | null, b: Uri | null): boolean =>
  a === b || (a !== null && b !== null && a.equals(b));

function escaped(text: string | null, escape: (text: string) => string, runtime: Runtime): string {
  const value = given(text, 'stringToEscape');
  runtime.size(value.length * 3);
  runtime.step(1 + (value.length >> 3));
  return escape(value);
}

function hexByte(text: string | null, at: number): number | undefined {
  const digits = /^%([0-9a-fA-F]{2})/.exec((text ?? '').slice(at))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

const statics: MemberRecord = {
  'static string EscapeDataString(string stringToEscape)': (
    text: string | null,
    runtime: Runtime,
  ) => escaped(text, escapeDataString, runtime),
  'static string EscapeUriString(string stringToEscape)': (text: string | null, runtime: Runtime) =>
    escaped(text, escapeUriString, runtime),
  'static string UnescapeDataString(string stringToUnescape)': (text: string | null) =>
    unescapeDataString(given(text, 'stringToUnescape')),
  'static UriHostNameType CheckHostName(string name)': (name: string | null) =>
    HOST_TYPES.indexOf(checkHostName(name)),
  'static bool CheckSchemeName(string schemeName)': (name: string | null) =>
    name !== null && /^[A-Za-z][A-Za-z0-9+.-]*$/.test(name),
  'static bool IsWellFormedUriString(string uriString, UriKind uriKind)': (
    text: string | null,
    kind: number,
  ) => Uri.tryParse(text, kindOf(kind))?.isWellFormedOriginalString() ?? false,
  'static string HexEscape(char character)': (code: number) => {
    if (code > 255) throw argumentOutOfRange('character');
    return percentByte(code);
  },
  'static char HexUnescape(string pattern, ref int index)': (
    pattern: string | null,
    index: Ref,
  ) => {
    const at = Number(index.value);
    const text = given(pattern, 'pattern');
    if (at < 0 || at >= text.length) throw argumentOutOfRange('index');
    const byte = hexByte(text, at);
    index.value = at + (byte === undefined ? 1 : 3);
    return byte ?? text.charCodeAt(at);
  },
  'static bool IsHexDigit(char character)': (code: number) =>
    /^[0-9a-fA-F]$/.test(String.fromCharCode(code)),
  'static bool IsHexEncoding(string pattern, int index)': (pattern: string | null, index: number) =>
    hexByte(pattern, index) !== undefined,
  'static int FromHex(char digit)': (code: number) => {
    const digit = String.fromCharCode(code);
    if (!/^[0-9a-fA-F]$/.test(digit))
      throw argumentException('Specified value has invalid characters.', 'digit');
    return Number.parseInt(digit, 16);
  },
};

export const uriTable = typeTable(
  'class System.Uri',
  facets,
  creation,
  properties,
  methods,
  statics,
);
