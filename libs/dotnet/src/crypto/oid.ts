/** Object identifiers with the names .NET gives them. */
const NAMES: readonly (readonly [string, string])[] = [
  ['1.2.840.113549.1.1.1', 'RSA'],
  ['1.2.840.113549.1.1.4', 'md5RSA'],
  ['1.2.840.113549.1.1.5', 'sha1RSA'],
  ['1.2.840.113549.1.1.10', 'RSASSA-PSS'],
  ['1.2.840.113549.1.1.11', 'sha256RSA'],
  ['1.2.840.113549.1.1.12', 'sha384RSA'],
  ['1.2.840.113549.1.1.13', 'sha512RSA'],
  ['1.2.840.10045.2.1', 'ECC'],
  ['1.2.840.10045.3.1.7', 'nistP256'],
  ['1.2.840.10045.4.3.2', 'sha256ECDSA'],
  ['1.2.840.10045.4.3.3', 'sha384ECDSA'],
  ['1.2.840.10045.4.3.4', 'sha512ECDSA'],
  ['1.2.840.113549.2.5', 'md5'],
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
  ['2.16.840.1.101.3.4.1.2', 'aes128'],
  ['2.16.840.1.101.3.4.1.22', 'aes192'],
  ['2.16.840.1.101.3.4.1.42', 'aes256'],
  ['1.2.840.113549.3.7', '3des'],
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'S'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'T'],
  ['2.5.4.42', 'G'],
  ['2.5.4.43', 'I'],
  ['1.2.840.113549.1.9.1', 'E'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['2.5.29.14', 'X509v3 Subject Key Identifier'],
  ['2.5.29.15', 'X509v3 Key Usage'],
  ['2.5.29.17', 'X509v3 Subject Alternative Name'],
  ['2.5.29.19', 'X509v3 Basic Constraints'],
  ['2.5.29.35', 'X509v3 Authority Key Identifier'],
  ['2.5.29.37', 'X509v3 Extended Key Usage'],
  ['1.3.6.1.5.5.7.3.1', 'TLS Web Server Authentication'],
  ['1.3.6.1.5.5.7.3.2', 'TLS Web Client Authentication'],
];

const nameOf = new Map(NAMES);
const valueOf = new Map(NAMES.map(([value, name]) => [name.toLowerCase(), value]));

/** System.Security.Cryptography.Oid. */
export class Oid {
  readonly value: string | null;
  readonly friendlyName: string | null;

  /** From a dotted value or a friendly name. */
  constructor(text: string | null, friendlyName?: string | null) {
    const known = text === null ? undefined : valueOf.get(text.toLowerCase());
    this.value = friendlyName === undefined ? (known ?? text) : text;
    this.friendlyName =
      friendlyName === undefined ? (nameOf.get(this.value ?? '') ?? null) : friendlyName;
  }
}
