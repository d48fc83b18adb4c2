import {
  argumentNull,
  Hmac,
  hmacKeyLength,
  HmacMd5,
  HmacSha1,
  HmacSha256,
  HmacSha384,
  HmacSha512,
  type HashName,
} from '@isthmus/dotnet';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable, type TypeTable } from '../table.js';
import { charge, hmacOf } from './hash-algorithms.js';

const NAMESPACE = 'System.Security.Cryptography';
type HmacType = new (key: Uint8Array | null) => Hmac;

const keyedTable = typeTable(
  `abstract class ${NAMESPACE}.KeyedHashAlgorithm : HashAlgorithm`,
  {},
  {
    'byte[] Key { get; set; }': {
      get: (self: Hmac) => self.key,
      set: (self: Hmac, key: Uint8Array | null) => {
        self.key = key;
      },
    },
  },
);

const hmacTable = typeTable(
  `abstract class ${NAMESPACE}.HMAC : KeyedHashAlgorithm`,
  { instance: Hmac },
  {
    'string HashName { get; }': { get: (self: Hmac) => self.hashName },
    'static HMAC Create(string algorithmName)': hmacOf,
  },
);

function concrete(name: HashName, type: HmacType): TypeTable {
  const full = `HMAC${name}`;
  const withKey = (key: Uint8Array | null): Hmac => new type(key);
  return typeTable(
    `class ${NAMESPACE}.${full} : HMAC`,
    { instance: type },
    {
      'new()': (runtime: Runtime) => new type(runtime.randomBytes(hmacKeyLength(name))),
      'new(byte[] key)': withKey,
      ...(name === 'SHA1' ? { 'new(byte[] key, bool useManagedSha1)': withKey } : {}),
      'static byte[] HashData(byte[] key, byte[] source)': (
        ...[key, source, runtime]: [Uint8Array | null, Uint8Array | null, Runtime]
      ) => {
        if (key === null) throw argumentNull('key');
        if (source === null) throw argumentNull('source');
        charge(runtime, source.length);
        return new type(key).computeHash(source);
      },
    },
  );
}

export const hmacTables: readonly TypeTable[] = [
  keyedTable,
  hmacTable,
  concrete('MD5', HmacMd5),
  concrete('SHA1', HmacSha1),
  concrete('SHA256', HmacSha256),
  concrete('SHA384', HmacSha384),
  concrete('SHA512', HmacSha512),
];
