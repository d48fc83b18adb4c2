import { argumentNull, bytesPart, Rsa, rsaOfXml, rsaXml, type RsaFormat } from '@isthmus/dotnet';
import type { Ref } from '../../runtime/ref.js';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable, type MemberRecord, type TypeTable } from '../table.js';
import { charge } from './hash-algorithms.js';
import {
  RsaEncryptionPadding,
  RsaKeyParameters,
  RsaSignaturePadding,
  type HashAlgorithmName,
} from './values.js';

const NAMESPACE = 'System.Security.Cryptography';
type Bytes = Uint8Array | null;

/** Private key operations and key generation are slow: they count as this many steps. */
const PRIVATE_STEPS = 500;
const GENERATION_STEPS = 100_000;

const random =
  (runtime: Runtime) =>
  (count: number): Uint8Array =>
    runtime.randomBytes(count);

const part = (bytes: Bytes, offset: number, count: number): Bytes =>
  bytes === null ? null : bytesPart(bytes, offset, count);

const signing: MemberRecord = {
  'byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)': (
    ...[self, data, hash, padding, runtime]: [
      Rsa,
      Bytes,
      HashAlgorithmName,
      RsaSignaturePadding | null,
      Runtime,
    ]
  ) => {
    charge(runtime, data?.length ?? 0);
    runtime.step(PRIVATE_STEPS);
    return self.signData(data, hash.name, padding?.name ?? null, random(runtime));
  },
  'byte[] SignData(byte[] data, int offset, int count, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)':
    (
      ...[self, data, offset, count, hash, padding, runtime]: [
        Rsa,
        Bytes,
        number,
        number,
        HashAlgorithmName,
        RsaSignaturePadding | null,
        Runtime,
      ]
    ) => {
      runtime.step(PRIVATE_STEPS);
      return self.signData(
        part(data, offset, count),
        hash.name,
        padding?.name ?? null,
        random(runtime),
      );
    },
  'byte[] SignHash(byte[] hash, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)': (
    ...[self, digest, hash, padding, runtime]: [
      Rsa,
      Bytes,
      HashAlgorithmName,
      RsaSignaturePadding | null,
      Runtime,
    ]
  ) => {
    runtime.step(PRIVATE_STEPS);
    return self.signHash(digest, hash.name, padding?.name ?? null, random(runtime));
  },
  'bool VerifyData(byte[] data, byte[] signature, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)':
    (
      ...[self, data, signature, hash, padding, runtime]: [
        Rsa,
        Bytes,
        Bytes,
        HashAlgorithmName,
        RsaSignaturePadding | null,
        Runtime,
      ]
    ) => {
      charge(runtime, data?.length ?? 0);
      return self.verifyData(data, signature, hash.name, padding?.name ?? null);
    },
  'bool VerifyData(byte[] data, int offset, int count, byte[] signature, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)':
    (
      ...[self, data, offset, count, signature, hash, padding]: [
        Rsa,
        Bytes,
        number,
        number,
        Bytes,
        HashAlgorithmName,
        RsaSignaturePadding | null,
      ]
    ) => self.verifyData(part(data, offset, count), signature, hash.name, padding?.name ?? null),
  'bool VerifyHash(byte[] hash, byte[] signature, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)':
    (
      ...[self, digest, signature, hash, padding]: [
        Rsa,
        Bytes,
        Bytes,
        HashAlgorithmName,
        RsaSignaturePadding | null,
      ]
    ) => self.verifyHash(digest, signature, hash.name, padding?.name ?? null),
};

const encryption: MemberRecord = {
  'byte[] Encrypt(byte[] data, RSAEncryptionPadding padding)': (
    ...[self, data, padding, runtime]: [Rsa, Bytes, RsaEncryptionPadding | null, Runtime]
  ) => {
    runtime.step(PRIVATE_STEPS);
    return self.encrypt(data, padding?.name ?? null);
  },
  'byte[] Decrypt(byte[] data, RSAEncryptionPadding padding)': (
    ...[self, data, padding, runtime]: [Rsa, Bytes, RsaEncryptionPadding | null, Runtime]
  ) => {
    runtime.step(PRIVATE_STEPS);
    return self.decrypt(data, padding?.name ?? null);
  },
};

function generated(bits: number, runtime: Runtime): Rsa {
  runtime.step(GENERATION_STEPS);
  return Rsa.generate(bits);
}

const keys: MemberRecord = {
  'static RSA Create()': (runtime: Runtime) => generated(2048, runtime),
  'static RSA Create(int keySizeInBits)': generated,
  'static RSA Create(RSAParameters parameters)': (parameters: RsaKeyParameters) =>
    Rsa.fromParameters(parameters),
  'RSAParameters ExportParameters(bool includePrivateParameters)': (
    self: Rsa,
    includePrivate: boolean,
  ) => RsaKeyParameters.from(self.exportParameters(includePrivate)),
  'void ImportParameters(RSAParameters parameters)': (self: Rsa, parameters: RsaKeyParameters) =>
    self.importParameters(parameters),
};

/** `ImportPkcs8PrivateKey(byte[] source, out int bytesRead)` and its kin. */
function importer(format: RsaFormat) {
  return (self: Rsa, source: Bytes, read: Ref): void => {
    if (source === null) throw argumentNull('source');
    read.value = self.importKey(source, format);
  };
}

const formats: MemberRecord = {
  'void ImportPkcs8PrivateKey(byte[] source, out int bytesRead)': importer('pkcs8'),
  'void ImportRSAPrivateKey(byte[] source, out int bytesRead)': importer('pkcs1-private'),
  'void ImportRSAPublicKey(byte[] source, out int bytesRead)': importer('pkcs1-public'),
  'void ImportSubjectPublicKeyInfo(byte[] source, out int bytesRead)': importer('spki'),
  'void ImportFromPem(string input)': (self: Rsa, text: string | null) => self.importPem(text),
  'byte[] ExportPkcs8PrivateKey()': (self: Rsa) => self.exportKey('pkcs8'),
  'byte[] ExportRSAPrivateKey()': (self: Rsa) => self.exportKey('pkcs1-private'),
  'byte[] ExportRSAPublicKey()': (self: Rsa) => self.exportKey('pkcs1-public'),
  'byte[] ExportSubjectPublicKeyInfo()': (self: Rsa) => self.exportKey('spki'),
  'void FromXmlString(string xmlString)': (self: Rsa, text: string | null) =>
    self.importParameters(rsaOfXml(text)),
  'string ToXmlString(bool includePrivateParameters)': (self: Rsa, includePrivate: boolean) =>
    rsaXml(self.exportParameters(includePrivate)),
};

const asymmetricTable = typeTable(
  `abstract class ${NAMESPACE}.AsymmetricAlgorithm : IDisposable`,
  {},
  {
    'int KeySize { get; }': { get: (self: Rsa) => self.keySize },
    'string SignatureAlgorithm { get; }': { get: () => 'RSA' },
    'string KeyExchangeAlgorithm { get; }': { get: () => 'RSA' },
    'void Clear()': () => undefined,
    'void Dispose()': () => undefined,
  },
);

const FIELDS = {
  Modulus: 'modulus',
  Exponent: 'exponent',
  D: 'd',
  P: 'p',
  Q: 'q',
  DP: 'dp',
  DQ: 'dq',
  InverseQ: 'inverseQ',
} as const;

const parametersTable = typeTable(
  `struct ${NAMESPACE}.RSAParameters`,
  { instance: RsaKeyParameters, initial: new RsaKeyParameters() },
  { 'new()': () => new RsaKeyParameters() },
  Object.fromEntries(
    Object.entries(FIELDS).map(([name, field]) => [
      `byte[] ${name} { get; set; }`,
      {
        get: (self: RsaKeyParameters) => self[field],
        set: (self: RsaKeyParameters, value: Bytes) => {
          self[field] = value;
        },
      },
    ]),
  ),
);

const signaturePaddingTable = typeTable(
  `class ${NAMESPACE}.RSASignaturePadding`,
  {
    instance: RsaSignaturePadding,
    equals: (left: RsaSignaturePadding, right: RsaSignaturePadding) => left.name === right.name,
    key: (value: RsaSignaturePadding) => value.name,
    text: (value: RsaSignaturePadding) => value.name,
  },
  {
    'static RSASignaturePadding Pkcs1 { get; }': { get: () => RsaSignaturePadding.pkcs1 },
    'static RSASignaturePadding Pss { get; }': { get: () => RsaSignaturePadding.pss },
  },
);

const PADDINGS = {
  Pkcs1: RsaEncryptionPadding.pkcs1,
  OaepSHA1: RsaEncryptionPadding.oaepSha1,
  OaepSHA256: RsaEncryptionPadding.oaepSha256,
  OaepSHA384: RsaEncryptionPadding.oaepSha384,
  OaepSHA512: RsaEncryptionPadding.oaepSha512,
};

function oaepOf(hash: HashAlgorithmName): RsaEncryptionPadding {
  if (!hash.name) throw argumentNull('hashAlgorithm');
  const name = `Oaep${hash.name}`;
  const known = Object.entries(PADDINGS).find(([key]) => key === name)?.[1];
  return known ?? RsaEncryptionPadding.oaepSha1;
}

const encryptionPaddingTable = typeTable(
  `class ${NAMESPACE}.RSAEncryptionPadding`,
  {
    instance: RsaEncryptionPadding,
    equals: (left: RsaEncryptionPadding, right: RsaEncryptionPadding) => left.name === right.name,
    key: (value: RsaEncryptionPadding) => value.name,
    text: (value: RsaEncryptionPadding) => value.name,
  },
  Object.fromEntries(
    Object.entries(PADDINGS).map(([name, padding]) => [
      `static RSAEncryptionPadding ${name} { get; }`,
      { get: () => padding },
    ]),
  ),
  {
    'static RSAEncryptionPadding CreateOaep(HashAlgorithmName hashAlgorithm)': oaepOf,
  },
);

export const rsaTables: readonly TypeTable[] = [
  asymmetricTable,
  typeTable(
    `abstract class ${NAMESPACE}.RSA : AsymmetricAlgorithm`,
    { instance: Rsa },
    signing,
    encryption,
    keys,
    formats,
  ),
  parametersTable,
  signaturePaddingTable,
  encryptionPaddingTable,
];
