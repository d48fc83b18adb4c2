import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { argumentException, argumentNull, cryptographicException } from '../dotnet-error.js';
import { readDer } from './der.js';
import type { RsaParameters } from './rsa.js';

/** Binary forms of RSA keys. */
export type RsaFormat = 'pkcs8' | 'pkcs1-private' | 'pkcs1-public' | 'spki';

/** A pair of key objects; the private one may be missing. */
export interface RsaKeys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject | undefined;
}

const fromPrivate = (privateKey: KeyObject): RsaKeys => ({
  publicKey: createPublicKey(privateKey),
  privateKey,
});

/** Reads one key from the start of DER bytes; throws CryptographicException. */
export function readRsaKey(
  bytes: Uint8Array,
  format: RsaFormat,
): RsaKeys & { readonly read: number } {
  let keys: RsaKeys;
  const whole = firstElement(bytes);
  const key = Buffer.from(whole);
  try {
    if (format === 'pkcs8')
      keys = fromPrivate(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
    else if (format === 'pkcs1-private') {
      keys = fromPrivate(createPrivateKey({ key, format: 'der', type: 'pkcs1' }));
    } else {
      const type = format === 'spki' ? 'spki' : 'pkcs1';
      keys = { publicKey: createPublicKey({ key, format: 'der', type }), privateKey: undefined };
    }
  } catch {
    throw cryptographicException('ASN1 corrupted data.');
  }
  if (keys.publicKey.asymmetricKeyType !== 'rsa') {
    throw cryptographicException('ASN1 corrupted data.');
  }
  return { ...keys, read: whole.length };
}

function firstElement(bytes: Uint8Array): Uint8Array {
  const [first] = readDer(bytes);
  if (!first) throw cryptographicException('ASN1 corrupted data.');
  return first.whole;
}

/** Reads an unencrypted PEM key; throws ArgumentException when there is none. */
export function readRsaPem(text: string | null): RsaKeys {
  if (text === null) throw argumentNull('input');
  const label = /-----BEGIN ((?:RSA )?(?:PRIVATE|PUBLIC) KEY)-----/.exec(text)?.[1];
  if (label === undefined) {
    throw argumentException(
      'No supported key formats were found. Check that the input represents the contents of a PEM-encoded key file, not the path to such a file.',
      'input',
    );
  }
  try {
    return label.endsWith('PRIVATE KEY')
      ? fromPrivate(createPrivateKey(text))
      : { publicKey: createPublicKey(text), privateKey: undefined };
  } catch {
    throw cryptographicException('ASN1 corrupted data.');
  }
}

/** The key in a binary form. */
export function writeRsaKey(keys: RsaKeys, format: RsaFormat): Uint8Array {
  if (format === 'spki' || format === 'pkcs1-public') {
    const type = format === 'spki' ? 'spki' : 'pkcs1';
    return Uint8Array.from(keys.publicKey.export({ format: 'der', type }));
  }
  if (!keys.privateKey) throw cryptographicException('Key does not exist.');
  const type = format === 'pkcs8' ? 'pkcs8' : 'pkcs1';
  return Uint8Array.from(keys.privateKey.export({ format: 'der', type }));
}

const XML_FIELDS: readonly (readonly [string, keyof RsaParameters])[] = [
  ['Modulus', 'modulus'],
  ['Exponent', 'exponent'],
  ['P', 'p'],
  ['Q', 'q'],
  ['DP', 'dp'],
  ['DQ', 'dq'],
  ['InverseQ', 'inverseQ'],
  ['D', 'd'],
];

/** `<RSAKeyValue>` text of parameters. */
export function rsaXml(parameters: RsaParameters): string {
  const fields = XML_FIELDS.map(([name, field]) => {
    const bytes = parameters[field];
    return bytes === null ? '' : `<${name}>${Buffer.from(bytes).toString('base64')}</${name}>`;
  });
  return `<RSAKeyValue>${fields.join('')}</RSAKeyValue>`;
}

/** Parameters of `<RSAKeyValue>` text; absent fields are null. */
export function rsaOfXml(text: string | null): RsaParameters {
  if (text === null) throw argumentNull('xmlString');
  const read = (name: string): Uint8Array | null => {
    const value = new RegExp(`<${name}>([A-Za-z0-9+/=\\s]*)</${name}>`).exec(text)?.[1];
    return value === undefined ? null : Uint8Array.from(Buffer.from(value, 'base64'));
  };
  const modulus = read('Modulus');
  if (modulus === null) {
    throw cryptographicException(
      "Input string does not contain a valid encoding of the 'RSA' 'Modulus' parameter.",
    );
  }
  return {
    modulus,
    exponent: read('Exponent'),
    d: read('D'),
    p: read('P'),
    q: read('Q'),
    dp: read('DP'),
    dq: read('DQ'),
    inverseQ: read('InverseQ'),
  };
}
