import {
  argumentException,
  argumentNull,
  createHashAlgorithm,
  createHmacAlgorithm,
  HashAlgorithm,
  Md5,
  Sha1,
  Sha1Managed,
  Sha256,
  Sha256Managed,
  Sha384,
  Sha384Managed,
  Sha512,
  Sha512Managed,
} from '@isthmus/dotnet';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable, type MemberRecord, type TypeTable } from '../table.js';
import { HashAlgorithmName } from './values.js';

const NAMESPACE = 'System.Security.Cryptography';

/** Hashing costs steps in proportion to the data. */
export const charge = (runtime: Runtime, length: number): void => runtime.step(10 + (length >> 6));

const members: MemberRecord = {
  'byte[] ComputeHash(byte[] buffer)': (
    self: HashAlgorithm,
    bytes: Uint8Array | null,
    runtime: Runtime,
  ) => {
    charge(runtime, bytes?.length ?? 0);
    return self.computeHash(bytes);
  },
  // No stream can be made in an expression; the overload makes `null` ambiguous, as in C#.
  'byte[] ComputeHash(Stream inputStream)': () => null,
  'byte[] ComputeHash(byte[] buffer, int offset, int count)': (
    ...[self, bytes, offset, count, runtime]: [
      HashAlgorithm,
      Uint8Array | null,
      number,
      number,
      Runtime,
    ]
  ) => {
    charge(runtime, count);
    return self.computeHash(bytes, offset, count);
  },
  'int TransformBlock(byte[] inputBuffer, int inputOffset, int inputCount, byte[] outputBuffer, int outputOffset)':
    (
      ...[self, bytes, offset, count, output, at]: [
        HashAlgorithm,
        Uint8Array | null,
        number,
        number,
        Uint8Array | null,
        number,
      ]
    ) => {
      if (bytes === null) throw argumentNull('inputBuffer');
      return self.transformBlock(bytes, { offset, count }, output, at);
    },
  'byte[] TransformFinalBlock(byte[] inputBuffer, int inputOffset, int inputCount)': (
    ...[self, bytes, offset, count]: [HashAlgorithm, Uint8Array | null, number, number]
  ) => {
    if (bytes === null) throw argumentNull('inputBuffer');
    return self.transformFinalBlock(bytes, offset, count);
  },
  'byte[] Hash { get; }': { get: (self: HashAlgorithm) => self.hash },
  'int HashSize { get; }': { get: (self: HashAlgorithm) => self.hashSize },
  'int InputBlockSize { get; }': { get: () => 1 },
  'int OutputBlockSize { get; }': { get: () => 1 },
  'bool CanReuseTransform { get; }': { get: () => true },
  'bool CanTransformMultipleBlocks { get; }': { get: () => true },
  'void Initialize()': (self: HashAlgorithm) => self.initialize(),
  'void Clear()': (self: HashAlgorithm) => self.initialize(),
  'void Dispose()': () => undefined,
};

export const streamTable = typeTable('abstract class System.IO.Stream', {}, {});

export const hashAlgorithmTable = typeTable(
  `abstract class ${NAMESPACE}.HashAlgorithm : IDisposable`,
  { instance: HashAlgorithm },
  members,
  {
    'static HashAlgorithm Create()': () => new Sha1(),
    'static HashAlgorithm Create(string hashName)': (name: string | null, runtime: Runtime) => {
      if (name === null) throw argumentNull('name');
      return createHashAlgorithm(name, (count) => runtime.randomBytes(count));
    },
  },
);

/** A hash: an abstract class with Create, and its Managed subclass. */
function hashTables(
  name: string,
  type: new () => HashAlgorithm,
  managed?: new () => HashAlgorithm,
): TypeTable[] {
  const base = typeTable(
    `abstract class ${NAMESPACE}.${name} : HashAlgorithm`,
    { instance: type },
    {
      [`static ${name} Create()`]: () => new type(),
      [`static ${name} Create(string algName)`]: (algorithm: string | null, runtime: Runtime) => {
        if (algorithm === null) throw argumentNull('name');
        const made = createHashAlgorithm(algorithm, (count) => runtime.randomBytes(count));
        return made instanceof type ? made : null;
      },
      [`static byte[] HashData(byte[] source)`]: (bytes: Uint8Array | null, runtime: Runtime) => {
        if (bytes === null) throw argumentNull('source');
        charge(runtime, bytes.length);
        return new type().computeHash(bytes);
      },
    },
  );
  if (!managed) return [base];
  const own = typeTable(
    `class ${NAMESPACE}.${name}Managed : ${name}`,
    { instance: managed },
    { 'new()': () => new managed() },
  );
  return [base, own];
}

export const hashTypeTables: readonly TypeTable[] = [
  ...hashTables('MD5', Md5),
  ...hashTables('SHA1', Sha1, Sha1Managed),
  ...hashTables('SHA256', Sha256, Sha256Managed),
  ...hashTables('SHA384', Sha384, Sha384Managed),
  ...hashTables('SHA512', Sha512, Sha512Managed),
];

export const hashAlgorithmNameTable = typeTable(
  `struct ${NAMESPACE}.HashAlgorithmName : IEquatable<HashAlgorithmName>`,
  {
    instance: HashAlgorithmName,
    initial: new HashAlgorithmName(null),
    equals: (left: HashAlgorithmName, right: HashAlgorithmName) => left.name === right.name,
    key: (value: HashAlgorithmName) => value.name ?? '',
    text: (value: HashAlgorithmName) => value.name ?? '',
  },
  {
    'new()': () => new HashAlgorithmName(null),
    'new(string name)': (name: string | null) => new HashAlgorithmName(name),
    'string Name { get; }': { get: (self: HashAlgorithmName) => self.name },
    ...Object.fromEntries(
      ['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA512'].map((name) => [
        `static HashAlgorithmName ${name} { get; }`,
        { get: () => new HashAlgorithmName(name) },
      ]),
    ),
    'bool Equals(HashAlgorithmName other)': (self: HashAlgorithmName, other: HashAlgorithmName) =>
      self.name === other.name,
    'static bool operator ==(HashAlgorithmName left, HashAlgorithmName right)': (
      left: HashAlgorithmName,
      right: HashAlgorithmName,
    ) => left.name === right.name,
    'static bool operator !=(HashAlgorithmName left, HashAlgorithmName right)': (
      left: HashAlgorithmName,
      right: HashAlgorithmName,
    ) => left.name !== right.name,
  },
);

/** `HMAC.Create(name)` and the like need a name. */
export function hmacOf(name: string | null, runtime: Runtime): unknown {
  if (name === null) throw argumentNull('algorithmName');
  if (name === '') throw argumentException('The value cannot be an empty string.', 'algorithmName');
  return createHmacAlgorithm(name, (count) => runtime.randomBytes(count));
}
