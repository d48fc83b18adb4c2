import { worded } from '@isthmus/workflow-engine';
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { ExchangeError } from './exchange-error.js';

/** The certificate of a client and its private key. */
export interface ClientCertificate {
  readonly key: KeyObject;
  /** Absent where the file holds the key alone. */
  readonly certificate?: X509Certificate;
}

/**
 * Reads a PKCS #12 file (`pfx`), or PEM text with a key and its certificate.
 * @throws ExchangeError when there is no private key in it, or the password is wrong
 */
export async function readClientCertificate(file: {
  readonly pfx: Buffer;
  readonly password: string;
}): Promise<ClientCertificate> {
  try {
    return file.pfx.includes('-----BEGIN') ? fromPem(file) : await fromPkcs12(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExchangeError(
      'BadRequest',
      worded`The 'pfx' of the authentication type 'ActiveDirectoryOAuth' cannot be used: ${reason}`,
      false,
    );
  }
}

function fromPem({ pfx, password }: { pfx: Buffer; password: string }): ClientCertificate {
  const key = createPrivateKey({ key: pfx, passphrase: password });
  const text = pfx.toString('latin1');
  const [found] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  return { key, ...(found !== undefined && { certificate: new X509Certificate(found) }) };
}

/** Node reads no key out of a PKCS #12 file; the library is loaded with the first one. */
async function fromPkcs12({
  pfx,
  password,
}: {
  pfx: Buffer;
  password: string;
}): Promise<ClientCertificate> {
  const { default: forge } = await import('node-forge');
  const asn1 = forge.asn1.fromDer(pfx.toString('binary'));
  const file = forge.pkcs12.pkcs12FromAsn1(asn1, false, password);
  const { keyBag, pkcs8ShroudedKeyBag, certBag } = forge.pki.oids;
  const bags = (type: string | undefined) =>
    type === undefined ? [] : (file.getBags({ bagType: type })[type] ?? []);
  const [found] = [...bags(pkcs8ShroudedKeyBag), ...bags(keyBag)];
  if (!found?.key) throw new Error('it holds no RSA key');
  const key = createPrivateKey(forge.pki.privateKeyToPem(found.key));
  const certificates = bags(certBag).flatMap(({ cert }) =>
    cert ? [new X509Certificate(forge.pki.certificateToPem(cert))] : [],
  );
  // Certificates of the chain stand beside the client's own.
  const certificate = certificates.find((one) => one.checkPrivateKey(key));
  return { key, ...(certificate && { certificate }) };
}
