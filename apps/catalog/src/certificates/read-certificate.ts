import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** What ARM shows of a certificate. */
export interface CertificateFacts {
  readonly subject: string;
  /** SHA-1 of the certificate, upper case, as policies name it. */
  readonly thumbprint: string;
  readonly expirationDate: string;
}

/**
 * Reads the `data` of a certificate resource: PEM, or in base64 PEM, DER or a PKCS 12 file.
 * @throws Error that says what is wrong
 */
export function readCertificate(data: string, password: string): CertificateFacts {
  const bytes = Buffer.from(data, 'base64');
  const decoded = bytes.toString('latin1');
  const text = [data, decoded].find((one) => one.includes('-----BEGIN'));
  const certificate =
    text === undefined && isPkcs12(bytes)
      ? ofPkcs12(bytes, password)
      : new X509Certificate(text ?? bytes);
  return {
    subject: certificate.subject.split('\n').reverse().join(', '),
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    expirationDate: new Date(certificate.validTo).toISOString(),
  };
}

/** PKCS 12 begins with a sequence whose first member is the integer 3 (RFC 7292 section 4). */
function isPkcs12(bytes: Buffer): boolean {
  const length = bytes[1] ?? 0;
  const content = 2 + (length > 0x80 ? length - 0x80 : 0);
  return bytes[0] === 0x30 && bytes.subarray(content, content + 3).equals(Buffer.of(2, 1, 3));
}

/** OpenSSL opens the file; its context is the one place that tells which certificate is the key's. */
function ofPkcs12(pfx: Buffer, passphrase: string): X509Certificate {
  const { context } = createSecureContext({ pfx, passphrase }) as {
    context: { getCertificate(): Buffer | null };
  };
  const der = context.getCertificate();
  if (!der) throw new Error('the PKCS 12 file holds no certificate with its key');
  return new X509Certificate(der);
}
