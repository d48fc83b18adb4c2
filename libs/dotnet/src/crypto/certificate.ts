import {
  createHash,
  createPrivateKey,
  X509Certificate as NodeCertificate,
  type KeyObject,
} from 'node:crypto';
import { DateTime, UNIX_EPOCH_TICKS } from '../dates/date-time.js';
import { cryptographicException } from '../dotnet-error.js';
import { oidText, readDer, type DerElement } from './der.js';
import { DistinguishedName } from './distinguished-name.js';
import { Oid } from './oid.js';
import { isPkcs12, readPkcs12 } from './pkcs12.js';
import { Rsa } from './rsa.js';

/** System.Security.Cryptography.X509Certificates.X509NameType. */
export type NameType =
  | 'SimpleName'
  | 'EmailName'
  | 'UpnName'
  | 'DnsName'
  | 'DnsFromAlternativeName'
  | 'UrlName';

/** Key algorithm, its parameters and the key bits of a certificate. */
export interface PublicKey {
  readonly oid: Oid;
  readonly encodedParameters: Uint8Array;
  readonly encodedKeyValue: Uint8Array;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();
const EMPTY = new Uint8Array();

/** System.Security.Cryptography.X509Certificates.X509Certificate2. Times are local, that is UTC. */
export class Certificate {
  readonly rawData: Uint8Array;
  private readonly node: NodeCertificate;
  private readonly fields: readonly DerElement[];
  private readonly privateKey: KeyObject | undefined;

  /** From DER or PEM bytes, with an optional PKCS #8 key; throws CryptographicException. */
  constructor(bytes: Uint8Array, privateKey?: Uint8Array | null) {
    try {
      this.node = new NodeCertificate(bytes);
      this.privateKey = privateKey
        ? createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' })
        : undefined;
    } catch {
      throw cryptographicException('ASN1 corrupted data.');
    }
    this.rawData = Uint8Array.from(this.node.raw);
    const [certificate] = readDer(this.rawData);
    const [body] = readDer(certificate?.content ?? EMPTY);
    this.fields = readDer(body?.content ?? EMPTY);
  }

  /** From a PFX with its password, or from DER or PEM bytes; throws CryptographicException. */
  static read(bytes: Uint8Array, password: string | null): Certificate {
    if (!isPkcs12(bytes)) return new Certificate(bytes);
    const { certificate, privateKey } = readPkcs12(bytes, password);
    return new Certificate(certificate, privateKey);
  }

  /** Field of the certificate body, counted without the optional version. */
  private field(index: number): DerElement | undefined {
    const hasVersion = this.fields[0]?.tag === 0xa0;
    return this.fields[hasVersion ? index + 1 : index];
  }

  get subjectName(): DistinguishedName {
    return new DistinguishedName(this.field(4)?.whole ?? EMPTY);
  }
  get issuerName(): DistinguishedName {
    return new DistinguishedName(this.field(2)?.whole ?? EMPTY);
  }
  get subject(): string {
    return this.subjectName.name;
  }
  get issuer(): string {
    return this.issuerName.name;
  }
  get notBefore(): DateTime {
    return this.time(this.node.validFromDate);
  }
  get notAfter(): DateTime {
    return this.time(this.node.validToDate);
  }
  private time(date: Date): DateTime {
    return new DateTime(BigInt(date.getTime()) * 10_000n + UNIX_EPOCH_TICKS, 'Local');
  }
  /** SHA-1 of the certificate. */
  get thumbprint(): string {
    return hex(this.certHash('sha1'));
  }
  certHash(algorithm: string): Uint8Array {
    return Uint8Array.from(createHash(algorithm).update(this.rawData).digest());
  }
  /** Big-endian hexadecimal digits. */
  get serialNumber(): string {
    return hex(this.field(0)?.content ?? EMPTY);
  }
  /** Little-endian bytes. */
  get serialNumberBytes(): Uint8Array {
    return Uint8Array.from(this.field(0)?.content ?? EMPTY).toReversed();
  }
  get version(): number {
    const first = this.fields[0];
    return first?.tag === 0xa0 ? (readDer(first.content)[0]?.content[0] ?? 0) + 1 : 1;
  }
  get signatureAlgorithm(): Oid {
    return new Oid(oidText(readDer(this.field(1)?.content ?? EMPTY)[0]?.content ?? EMPTY));
  }
  get publicKey(): PublicKey {
    const [algorithm, bits] = readDer(this.field(5)?.content ?? EMPTY);
    const [oid, parameters] = readDer(algorithm?.content ?? EMPTY);
    return {
      oid: new Oid(oidText(oid?.content ?? EMPTY)),
      encodedParameters: Uint8Array.from(parameters?.whole ?? EMPTY),
      encodedKeyValue: Uint8Array.from(bits?.content.subarray(1) ?? EMPTY),
    };
  }
  /** The extensions' identifiers. */
  get extensionIds(): string[] {
    const block = this.fields.find((field) => field.tag === 0xa3);
    const [list] = readDer(block?.content ?? EMPTY);
    return readDer(list?.content ?? EMPTY).map((extension) =>
      oidText(readDer(extension.content)[0]?.content ?? EMPTY),
    );
  }
  get hasPrivateKey(): boolean {
    return this.privateKey !== undefined;
  }

  /** Null when the key is not an RSA key. */
  rsaPublicKey(): Rsa | null {
    return this.node.publicKey.asymmetricKeyType === 'rsa'
      ? Rsa.fromPublicKey(this.node.publicKey)
      : null;
  }
  /** Null without a private key. */
  rsaPrivateKey(): Rsa | null {
    return this.privateKey?.asymmetricKeyType === 'rsa'
      ? Rsa.fromPrivateKey(this.privateKey)
      : null;
  }

  /** Empty when the certificate has no such name. */
  nameInfo(type: NameType, ofIssuer: boolean): string {
    const name = ofIssuer ? this.issuerName : this.subjectName;
    const alternative = (kind: string): string | undefined =>
      ofIssuer ? undefined : this.alternativeName(kind);
    const email = alternative('email') ?? name.attribute('1.2.840.113549.1.9.1');
    switch (type) {
      case 'SimpleName':
        return (
          name.attribute('2.5.4.3') ??
          name.attribute('2.5.4.11') ??
          name.attribute('2.5.4.10') ??
          email ??
          ''
        );
      case 'EmailName':
        return email ?? '';
      case 'DnsName':
        return alternative('DNS') ?? name.attribute('2.5.4.3') ?? '';
      case 'DnsFromAlternativeName':
        return alternative('DNS') ?? '';
      case 'UrlName':
        return alternative('URI') ?? '';
      case 'UpnName':
        return '';
    }
  }

  private alternativeName(kind: string): string | undefined {
    const list = this.node.subjectAltName?.split(', ') ?? [];
    return list.find((entry) => entry.startsWith(`${kind}:`))?.slice(kind.length + 1);
  }

  /** Same issuer and serial number. */
  equals(other: Certificate): boolean {
    return this.serialNumber === other.serialNumber && this.issuer === other.issuer;
  }
}
