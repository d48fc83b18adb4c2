import {
  argumentException,
  argumentNull,
  Certificate,
  cryptographicException,
  dateTimeToText,
  DistinguishedName,
  hashBytes,
  hashNameOf,
  hexText,
  Oid,
  type NameType,
  type PublicKey,
} from '@isthmus/dotnet';
import type { Runtime } from '../../runtime/runtime.js';
import { enumTable, typeTable, type Facets, type MemberRecord, type TypeTable } from '../table.js';
import { HashAlgorithmName } from './values.js';

const NAMESPACE = 'System.Security.Cryptography.X509Certificates';
type Bytes = Uint8Array | null;

const NAME_TYPES: readonly NameType[] = [
  'SimpleName',
  'EmailName',
  'UpnName',
  'DnsName',
  'DnsFromAlternativeName',
  'UrlName',
];

const nameTypeTable = enumTable(
  `${NAMESPACE}.X509NameType`,
  Object.fromEntries(NAME_TYPES.map((name, index) => [name, index])),
);
const contentTypeTable = enumTable(`${NAMESPACE}.X509ContentType`, {
  Unknown: 0,
  Cert: 1,
  SerializedCert: 2,
  Pfx: 3,
  Pkcs12: 3,
  SerializedStore: 4,
  Pkcs7: 5,
  Authenticode: 6,
});

/** A public key with an identity of its own for the type tables. */
class NetPublicKey {
  constructor(readonly key: PublicKey) {}
}

const hex = (bytes: Uint8Array): string => hexText(bytes).replaceAll('-', '');

function certificateOf(bytes: Bytes): Certificate {
  return readCertificate(bytes, null);
}

function readCertificate(bytes: Bytes, password: string | null): Certificate {
  if (bytes === null || bytes.length === 0) {
    throw argumentException('Array cannot be empty or null.', 'rawData');
  }
  return Certificate.read(bytes, password);
}

function exported(self: Certificate, type: number): Uint8Array {
  if (type === 1) return self.rawData;
  throw cryptographicException('Invalid content type.');
}

const verified = new WeakSet<Certificate>();

/** The listener verified it against its authorities. */
export function markVerified(certificate: Certificate): void {
  verified.add(certificate);
}

/**
 * Differs from Azure: there is no store of trusted roots here. The caller's certificate is what the listener found it
 * to be; of any other only the answer `false` is safe.
 */
const verify = (self: Certificate): boolean => verified.has(self);

const facets: Facets = {
  instance: Certificate,
  equals: (left: Certificate, right: Certificate) => left.equals(right),
  key: (value: Certificate) => `${value.issuer} ${value.serialNumber}`,
  text: (value: Certificate) =>
    `[Subject]\n  ${value.subject}\n\n[Issuer]\n  ${value.issuer}\n\n[Serial Number]\n  ${value.serialNumber}\n\n` +
    `[Not Before]\n  ${dateTimeToText(value.notBefore)}\n\n[Not After]\n  ${dateTimeToText(value.notAfter)}\n\n` +
    `[Thumbprint]\n  ${value.thumbprint}\n`,
};

const baseMembers: MemberRecord = {
  'new(byte[] data)': certificateOf,
  'string Issuer { get; }': { get: (self: Certificate) => self.issuer },
  'string Subject { get; }': { get: (self: Certificate) => self.subject },
  'bool Equals(X509Certificate other)': (self: Certificate, other: Certificate | null) =>
    other !== null && self.equals(other),
  'byte[] Export(X509ContentType contentType)': exported,
  'byte[] GetCertHash()': (self: Certificate) => self.certHash('sha1'),
  'byte[] GetCertHash(HashAlgorithmName hashAlgorithm)': (
    self: Certificate,
    hash: HashAlgorithmName,
  ) => hashBytes(hashNameOf(hash.name), self.rawData),
  'string GetCertHashString()': (self: Certificate) => self.thumbprint,
  'string GetEffectiveDateString()': (self: Certificate) => dateTimeToText(self.notBefore),
  'string GetExpirationDateString()': (self: Certificate) => dateTimeToText(self.notAfter),
  'string GetFormat()': () => 'X509',
  'string GetKeyAlgorithm()': (self: Certificate) => self.publicKey.oid.value,
  'byte[] GetKeyAlgorithmParameters()': (self: Certificate) => self.publicKey.encodedParameters,
  'string GetKeyAlgorithmParametersString()': (self: Certificate) =>
    hex(self.publicKey.encodedParameters),
  'string GetName()': (self: Certificate) => self.subjectName.decode(),
  'string GetIssuerName()': (self: Certificate) => self.issuerName.decode(),
  'byte[] GetPublicKey()': (self: Certificate) => self.publicKey.encodedKeyValue,
  'string GetPublicKeyString()': (self: Certificate) => hex(self.publicKey.encodedKeyValue),
  'byte[] GetRawCertData()': (self: Certificate) => Uint8Array.from(self.rawData),
  'string GetRawCertDataString()': (self: Certificate) => hex(self.rawData),
  'byte[] GetSerialNumber()': (self: Certificate) => self.serialNumberBytes,
  'string GetSerialNumberString()': (self: Certificate) => self.serialNumber,
  'void Dispose()': () => undefined,
};

function nameInfo(self: Certificate, type: number, ofIssuer: boolean): string {
  const name = NAME_TYPES[type];
  if (name === undefined) throw argumentException('The name type is invalid.', 'nameType');
  return self.nameInfo(name, ofIssuer);
}

const members: MemberRecord = {
  'new(byte[] rawData)': certificateOf,
  'new(byte[] rawData, string password)': readCertificate,
  'bool Archived { get; }': { get: () => false },
  'string FriendlyName { get; }': { get: () => '' },
  'bool HasPrivateKey { get; }': { get: (self: Certificate) => self.hasPrivateKey },
  'X500DistinguishedName IssuerName { get; }': { get: (self: Certificate) => self.issuerName },
  'DateTime NotAfter { get; }': { get: (self: Certificate) => self.notAfter },
  'DateTime NotBefore { get; }': { get: (self: Certificate) => self.notBefore },
  'PublicKey PublicKey { get; }': { get: (self: Certificate) => new NetPublicKey(self.publicKey) },
  'AsymmetricAlgorithm PrivateKey { get; }': { get: (self: Certificate) => self.rsaPrivateKey() },
  'byte[] RawData { get; }': { get: (self: Certificate) => Uint8Array.from(self.rawData) },
  'string SerialNumber { get; }': { get: (self: Certificate) => self.serialNumber },
  'Oid SignatureAlgorithm { get; }': { get: (self: Certificate) => self.signatureAlgorithm },
  'X500DistinguishedName SubjectName { get; }': { get: (self: Certificate) => self.subjectName },
  'string Thumbprint { get; }': { get: (self: Certificate) => self.thumbprint },
  'int Version { get; }': { get: (self: Certificate) => self.version },
  'X509ExtensionCollection Extensions { get; }': {
    get: (self: Certificate) => new NetExtensions(self.extensionIds),
  },
  'string GetNameInfo(X509NameType nameType, bool forIssuer)': nameInfo,
  'bool Verify()': verify,
  'bool VerifyNoRevocation()': verify,
};

/** The identifiers of a certificate's extensions. */
class NetExtensions {
  constructor(readonly ids: readonly string[]) {}
}

const extensionMembers: MemberRecord = {
  'static RSA GetRSAPrivateKey(this X509Certificate2 certificate)': (
    certificate: Certificate | null,
  ) => {
    if (certificate === null) throw argumentNull('certificate');
    return certificate.rsaPrivateKey();
  },
  'static RSA GetRSAPublicKey(this X509Certificate2 certificate)': (
    certificate: Certificate | null,
  ) => {
    if (certificate === null) throw argumentNull('certificate');
    return certificate.rsaPublicKey();
  },
};

const oidTable = typeTable(
  'class System.Security.Cryptography.Oid',
  { instance: Oid },
  {
    'new()': () => new Oid(null, null),
    'new(string oid)': (text: string | null) => new Oid(text),
    'new(string value, string friendlyName)': (value: string | null, name: string | null) =>
      new Oid(value, name),
    'new(Oid oid)': (oid: Oid | null) => {
      if (oid === null) throw argumentNull('oid');
      return new Oid(oid.value, oid.friendlyName);
    },
    'string Value { get; }': { get: (self: Oid) => self.value },
    'string FriendlyName { get; }': { get: (self: Oid) => self.friendlyName },
  },
);

const publicKeyTable = typeTable(
  `class ${NAMESPACE}.PublicKey`,
  { instance: NetPublicKey },
  {
    'Oid Oid { get; }': { get: (self: NetPublicKey) => self.key.oid },
  },
);

export const certificateTables: readonly TypeTable[] = [
  nameTypeTable,
  contentTypeTable,
  oidTable,
  publicKeyTable,
  typeTable(
    `class ${NAMESPACE}.X500DistinguishedName`,
    { instance: DistinguishedName },
    {
      'string Name { get; }': { get: (self: DistinguishedName) => self.name },
    },
  ),
  typeTable(
    `class ${NAMESPACE}.X509ExtensionCollection`,
    { instance: NetExtensions },
    {
      'int Count { get; }': { get: (self: NetExtensions) => self.ids.length },
    },
  ),
  typeTable(`class ${NAMESPACE}.X509Certificate : IDisposable`, {}, baseMembers),
  typeTable(`class ${NAMESPACE}.X509Certificate2 : X509Certificate`, facets, members),
  typeTable(`static class ${NAMESPACE}.RSACertificateExtensions`, {}, extensionMembers),
];

/** System.Security.Cryptography.RNGCryptoServiceProvider. */
class RandomNumbers {
  constructor(readonly randomBytes: (count: number) => Uint8Array) {}
}

/** Fills an array; zero bytes are drawn again when they are not wanted. */
function fill(self: RandomNumbers, bytes: Bytes, zeros: boolean): void {
  if (bytes === null) throw argumentNull('data');
  bytes.set(self.randomBytes(bytes.length));
  if (zeros) return;
  for (let i = 0, tries = 0; i < bytes.length; i++) {
    while (bytes[i] === 0 && tries++ < 10_000) bytes.set(self.randomBytes(1), i);
    bytes[i] ||= 1;
  }
}

export const randomNumbersTable = typeTable(
  'class System.Security.Cryptography.RNGCryptoServiceProvider : IDisposable',
  { instance: RandomNumbers },
  {
    'new()': (runtime: Runtime) => new RandomNumbers((count) => runtime.randomBytes(count)),
    'void GetBytes(byte[] data)': (self: RandomNumbers, bytes: Bytes) => fill(self, bytes, true),
    'void GetNonZeroBytes(byte[] data)': (self: RandomNumbers, bytes: Bytes) =>
      fill(self, bytes, false),
    'void Dispose()': () => undefined,
  },
);
