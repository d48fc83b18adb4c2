import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { CertificateInfo } from '@isthmus/policy-engine';

/** A client certificate as TLS connections take it: PEM texts, or PKCS 12 in base64. */
export type TlsCertificate =
  | { readonly cert: string; readonly key: string }
  | { readonly pfx: string; readonly passphrase: string };

/** A certificate resource that came as PKCS 12: its key is known to TLS connections only. */
interface Pkcs12Certificate extends CertificateInfo {
  readonly tls: TlsCertificate;
}

/** The certificate for a connection; undefined without its private key. */
export function tlsCertificate(
  certificate: CertificateInfo | Pkcs12Certificate,
): TlsCertificate | undefined {
  if ('tls' in certificate) return certificate.tls;
  if (certificate.pkcs12) {
    return {
      pfx: Buffer.from(certificate.der).toString('base64'),
      passphrase: certificate.pkcs12.password,
    };
  }
  if (!certificate.privateKey) return undefined;
  return {
    cert: pem('CERTIFICATE', certificate.der),
    key: pem('PRIVATE KEY', certificate.privateKey),
  };
}

/** A certificate without its key, PEM. */
export function certificatePem({ der }: CertificateInfo): string {
  return pem('CERTIFICATE', der);
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * Reads a certificate resource: PEM text with certificate and private key, or the base64 of that, of a PKCS 12 file
 * or of a DER certificate, in `data`. Throws an Error that says what is wrong.
 */
export function readCertificate(
  id: string,
  data: string,
  password: string | undefined,
): CertificateInfo {
  const text = data.includes('-----BEGIN') ? data : decodePem(data);
  const bytes = Buffer.from(data, 'base64');
  if (text === undefined && isPkcs12(bytes)) return readPkcs12(id, bytes, password ?? '');
  const certificate = new X509Certificate(text ?? bytes);
  const hasKey = text !== undefined && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text);
  const privateKey = hasKey
    ? createPrivateKey({ key: text, ...(password ? { passphrase: password } : {}) }).export({
        format: 'der',
        type: 'pkcs8',
      })
    : undefined;
  return {
    id,
    der: certificate.raw,
    thumbprint: thumbprintOf(certificate.raw),
    ...(privateKey ? { privateKey } : {}),
  };
}

/** PKCS 12 begins with a sequence whose first member is the integer 3 (RFC 7292 section 4); X.509 with two sequences. */
function isPkcs12(bytes: Buffer): boolean {
  const length = bytes[1] ?? 0;
  const content = 2 + (length > 0x80 ? length - 0x80 : 0);
  return bytes[0] === 0x30 && bytes.subarray(content, content + 3).equals(Buffer.of(2, 1, 3));
}

function readPkcs12(id: string, bytes: Buffer, password: string): Pkcs12Certificate {
  // OpenSSL opens the file; its context is the one place that tells which certificate is the key's.
  const { context } = createSecureContext({ pfx: bytes, passphrase: password }) as {
    context: { getCertificate(): Buffer | null };
  };
  const der = context.getCertificate();
  if (!der) throw new Error('The PKCS 12 file holds no certificate with its key.');
  const tls = { pfx: bytes.toString('base64'), passphrase: password };
  return { id, der, thumbprint: thumbprintOf(der), tls };
}

function thumbprintOf(der: Uint8Array): string {
  return createHash('sha1').update(der).digest('hex').toUpperCase();
}

function decodePem(data: string): string | undefined {
  const text = Buffer.from(data, 'base64').toString('latin1');
  return text.includes('-----BEGIN') ? text : undefined;
}
