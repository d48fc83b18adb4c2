import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { CertificateInfo } from '@isthmus/policy-engine';

/** A client certificate as TLS connections take it: PEM texts, or PKCS 12 in base64. */
export type TlsCertificate =
  | { readonly cert: string; readonly key: string }
  | { readonly pfx: string; readonly passphrase: string };

/** The certificate for a connection; undefined without its private key. */
export function tlsCertificate(certificate: CertificateInfo): TlsCertificate | undefined {
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

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * Reads a certificate resource: PEM text with certificate and private key, or the base64 of a DER
 * certificate, in `data`. Throws an Error that says what is wrong.
 */
export function readCertificate(
  id: string,
  data: string,
  password: string | undefined,
): CertificateInfo {
  const text = data.includes('-----BEGIN') ? data : decodePem(data);
  const certificate = new X509Certificate(text ?? Buffer.from(data, 'base64'));
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
    thumbprint: createHash('sha1').update(certificate.raw).digest('hex').toUpperCase(),
    ...(privateKey ? { privateKey } : {}),
  };
}

function decodePem(data: string): string | undefined {
  const text = Buffer.from(data, 'base64').toString('latin1');
  return text.includes('-----BEGIN') ? text : undefined;
}
