import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { cryptographicException, type DotNetError } from '../dotnet-error.js';
import { oidText, readDer, type DerElement } from './der.js';
import { deriveKey, passwordBytes, type Derivation } from './pkcs12-kdf.js';

/** The certificate of a PFX that has the private key (the first one when none has), and the key as PKCS #8. */
export interface Pkcs12Content {
  readonly certificate: Uint8Array;
  readonly privateKey: Uint8Array | null;
}

// .NET's default limits for the work of one derivation and of all together.
const mostIterations = 300_000;
const mostIterationsTogether = 1_000_000;

/** The password, and how many iterations the PFX may still ask for. */
interface Secret {
  password: string | null;
  iterationsLeft: number;
}

const hashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

const ciphers: Readonly<Record<string, { name: string; keyLength: number }>> = {
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyLength: 24 },
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyLength: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyLength: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyLength: 32 },
};

const corrupted = (): DotNetError => cryptographicException('ASN1 corrupted data.');
const wrongPassword = (): DotNetError =>
  cryptographicException('The specified network password is not correct.');

/** Whether bytes look like a PFX: a sequence that begins with version 3. */
export function isPkcs12(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false;
  try {
    const version = childrenOf(readDer(bytes)[0])[0];
    return version?.tag === 2 && version.content.length === 1 && version.content[0] === 3;
  } catch {
    return false;
  }
}

/**
 * Reads a PFX (RFC 7292) protected by a password: PBES2 with AES or triple DES, or the older SHA-1 and triple DES.
 * Throws CryptographicException for damaged data, a wrong password and other algorithms (RC2, RC4).
 */
export function readPkcs12(bytes: Uint8Array, password: string | null): Pkcs12Content {
  const [, authenticated, mac] = childrenOf(readDer(bytes)[0]);
  const safe = innerOf(childrenOf(authenticated)[1]).content;
  const secret: Secret = { password: password ?? '', iterationsLeft: mostIterationsTogether };
  if (mac !== undefined) checkPassword(mac, safe, secret);
  const bags = childrenOf(readDer(safe)[0]).flatMap((info) => bagsOf(info, secret));
  const keys = bags.flatMap((bag) => keyOf(bag, secret) ?? []);
  const certificates = bags.flatMap((bag) => certificateOf(bag) ?? []);
  const [key] = keys;
  const own = certificates.find(({ keyId }) => key !== undefined && keyId === key.keyId);
  const chosen = own ?? certificates[0];
  if (chosen === undefined) throw cryptographicException('The PFX holds no certificate.');
  return { certificate: chosen.content, privateKey: key?.content ?? null };
}

function childrenOf(element: DerElement | undefined): DerElement[] {
  if (element === undefined) throw corrupted();
  return readDer(element.content);
}

/** The element inside an explicit tag. */
function innerOf(element: DerElement | undefined): DerElement {
  const [inner] = childrenOf(element);
  if (inner === undefined) throw corrupted();
  return inner;
}

function oidOf(element: DerElement | undefined): string {
  if (element?.tag !== 6) throw corrupted();
  return oidText(element.content);
}

function iterationsOf(element: DerElement | undefined, secret: Secret): number {
  const count = element === undefined ? 1 : element.content.reduce((n, byte) => n * 256 + byte, 0);
  secret.iterationsLeft -= count;
  if (count < 1 || count > mostIterations || secret.iterationsLeft < 0)
    throw cryptographicException('The PFX asks for more iterations than are allowed.');
  return count;
}

function hashOf(algorithm: DerElement | undefined): string {
  const oid = oidOf(childrenOf(algorithm)[0]);
  return hashes[oid] ?? unsupported(oid);
}

function unsupported(oid: string): never {
  throw cryptographicException(`The algorithm '${oid}' of the PFX is not supported.`);
}

/** Finds the password that fits the MAC: an empty one may have been none. */
function checkPassword(mac: DerElement, safe: Uint8Array, secret: Secret): void {
  const [digestInfo, salt, count] = childrenOf(mac);
  const [algorithm, digest] = childrenOf(digestInfo);
  if (salt === undefined || digest === undefined) throw corrupted();
  const derivation = {
    hash: hashOf(algorithm),
    salt: salt.content,
    iterations: iterationsOf(count, secret),
  };
  const candidates = secret.password === '' ? ['', null] : [secret.password];
  for (const candidate of candidates) {
    const key = deriveKey(derivation, passwordBytes(candidate), 'mac', digest.content.length);
    const expected = createHmac(derivation.hash, key).update(safe).digest();
    if (expected.length !== digest.content.length || !timingSafeEqual(expected, digest.content))
      continue;
    secret.password = candidate;
    return;
  }
  throw wrongPassword();
}

/** The safe bags of one part, as children: identifier, value, attributes. */
function bagsOf(info: DerElement, secret: Secret): DerElement[][] {
  const [type, content] = childrenOf(info);
  switch (oidOf(type)) {
    case '1.2.840.113549.1.7.1':
      return parseBags(innerOf(content).content);
    case '1.2.840.113549.1.7.6': {
      const [, algorithm, encrypted] = childrenOf(childrenOf(innerOf(content))[1]);
      if (encrypted === undefined) throw corrupted();
      return parseBags(decrypt(algorithm, encrypted.content, secret));
    }
    default:
      return [];
  }
}

function parseBags(bytes: Uint8Array): DerElement[][] {
  return childrenOf(readDer(bytes)[0]).map((bag) => childrenOf(bag));
}

interface Item {
  readonly content: Uint8Array;
  /** The local key id, as text; empty when there is none. */
  readonly keyId: string;
}

function keyOf([id, value, attributes]: DerElement[], secret: Secret): Item | undefined {
  const keyId = keyIdOf(attributes);
  switch (oidOf(id)) {
    case '1.2.840.113549.1.12.10.1.1':
      return { content: innerOf(value).whole, keyId };
    case '1.2.840.113549.1.12.10.1.2': {
      const [algorithm, encrypted] = childrenOf(innerOf(value));
      if (encrypted === undefined) throw corrupted();
      return { content: decrypt(algorithm, encrypted.content, secret), keyId };
    }
    default:
      return undefined;
  }
}

function certificateOf([id, value, attributes]: DerElement[]): Item | undefined {
  if (oidOf(id) !== '1.2.840.113549.1.12.10.1.3') return undefined;
  const [type, content] = childrenOf(innerOf(value));
  if (oidOf(type) !== '1.2.840.113549.1.9.22.1') return undefined;
  return { content: innerOf(content).content, keyId: keyIdOf(attributes) };
}

function keyIdOf(attributes: DerElement | undefined): string {
  if (attributes === undefined) return '';
  for (const attribute of childrenOf(attributes)) {
    const [id, values] = childrenOf(attribute);
    if (oidOf(id) === '1.2.840.113549.1.9.21')
      return Buffer.from(innerOf(values).content).toString('hex');
  }
  return '';
}

function decrypt(algorithm: DerElement | undefined, bytes: Uint8Array, secret: Secret): Uint8Array {
  const [id, parameters] = childrenOf(algorithm);
  const { name, key, iv } = keysOf(oidOf(id), childrenOf(parameters), secret);
  try {
    const decipher = createDecipheriv(name, key, iv);
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  } catch {
    throw wrongPassword();
  }
}

interface CipherKeys {
  readonly name: string;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

function keysOf(oid: string, parameters: DerElement[], secret: Secret): CipherKeys {
  if (oid === '1.2.840.113549.1.5.13') return modernKeys(parameters, secret);
  if (oid !== '1.2.840.113549.1.12.1.3') return unsupported(oid);
  const [salt, count] = parameters;
  if (salt === undefined) throw corrupted();
  const derivation: Derivation = {
    hash: 'sha1',
    salt: salt.content,
    iterations: iterationsOf(count, secret),
  };
  const password = passwordBytes(secret.password);
  return {
    name: 'des-ede3-cbc',
    key: deriveKey(derivation, password, 'key', 24),
    iv: deriveKey(derivation, password, 'iv', 8),
  };
}

/** PBES2 (RFC 8018) with PBKDF2. */
function modernKeys([kdf, scheme]: DerElement[], secret: Secret): CipherKeys {
  const [kdfId, kdfParameters] = childrenOf(kdf);
  if (oidOf(kdfId) !== '1.2.840.113549.1.5.12') return unsupported(oidOf(kdfId));
  const [salt, count, ...rest] = childrenOf(kdfParameters);
  const [cipherId, iv] = childrenOf(scheme);
  const cipher = ciphers[oidOf(cipherId)] ?? unsupported(oidOf(cipherId));
  if (salt === undefined || iv === undefined) throw corrupted();
  const prf = rest.find(({ tag }) => tag === 0x30);
  const hash = prf === undefined ? 'sha1' : hashOf(prf);
  const iterations = iterationsOf(count, secret);
  return {
    name: cipher.name,
    key: pbkdf2Sync(secret.password ?? '', salt.content, iterations, cipher.keyLength, hash),
    iv: iv.content,
  };
}
