import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { resourceName } from '@isthmus/artifacts';
import type { HostName } from '../tls/host-name.js';
import { certificatePem, tlsCertificate } from '../services/certificates.js';
import { certificateOf } from './compile-certificates.js';
import type { CompiledCertificates } from './compile-certificates.js';
import type { FailedPart } from './gateway-model.js';
import type { IndexedResource, ResourceIndex } from './resource-index.js';

/**
 * The host names of a gateway (`/gateways/<id>/hostnameConfigurations/<name>`: `hostname`, `certificateId`,
 * `negotiateClientCertificate`, `clientCertificateAuthorityIds`) by name in lower case; those with mistakes are left out and told.
 */
export function compileHostNames(
  index: ResourceIndex,
  gatewayId: string,
  certificates: CompiledCertificates,
): { hostNames: Map<string, HostName>; failed: FailedPart[] } {
  const hostNames = new Map<string, HostName>();
  const failed: FailedPart[] = [];
  for (const resource of index.in(`/gateways/${gatewayId}/hostnameConfigurations`)) {
    try {
      const hostName = compileHostName(resource, certificates);
      hostNames.set(hostName.host, hostName);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failed.push({ id: resource.id, problems: [{ message }], keepsPrevious: false });
    }
  }
  return { hostNames, failed };
}

function compileHostName(
  { name, properties }: IndexedResource,
  { certificates, authorities }: CompiledCertificates,
): HostName {
  const host = properties.text('hostname')?.toLowerCase();
  if (host === undefined) throw new Error(`The host name configuration '${name}' has no hostname.`);
  const reference = properties.text('certificateId');
  const id = reference && resourceName(reference).toLowerCase();
  const certificate = reference ? certificateOf(reference, certificates) : undefined;
  if (id !== undefined && !certificate) throw new Error(`There is no certificate '${id}'.`);
  const pair = certificate && tlsCertificate(certificate);
  if (certificate && !pair) throw new Error(`The certificate '${id}' has no private key.`);
  const material = pair && 'pfx' in pair ? { ...pair, pfx: Buffer.from(pair.pfx, 'base64') } : pair;
  const own = properties.texts('clientCertificateAuthorityIds').map((one) => {
    const found = certificateOf(one, certificates);
    if (!found) throw new Error(`There is no certificate '${one}'.`);
    return certificatePem(found);
  });
  if (own.length > 0 && !material)
    throw new Error('Authorities of client certificates need a certificate of the host name.');
  const trusted = own.length > 0 ? own : authorities;
  const ca = material && trusted.length > 0 ? trusted.join('') : undefined;
  const trust = ca === undefined ? {} : { ca };
  return {
    host,
    certificate: id,
    context: material && createSecureContext({ ...material, ...trust, minVersion: 'TLSv1.2' }),
    expires: certificate && Date.parse(new X509Certificate(certificate.der).validTo),
    authorities: ca,
    mode: properties.flag('negotiateClientCertificate') === true ? 'request' : 'ignore',
  };
}
