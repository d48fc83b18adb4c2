import { createSecureContext } from 'node:tls';
import type { CertificateInfo } from '@isthmus/policy-engine';
import type { HostName } from '../tls/host-name.js';
import { tlsCertificate } from '../services/certificates.js';
import type { FailedPart } from './gateway-model.js';
import type { IndexedResource, ResourceIndex } from './resource-index.js';

/**
 * The host names of a gateway (`/gateways/<id>/hostnameConfigurations/<name>`: `hostname`, `certificateId`,
 * `negotiateClientCertificate`) by name in lower case; those with mistakes are left out and told.
 */
export function compileHostNames(
  index: ResourceIndex,
  gatewayId: string,
  certificates: readonly CertificateInfo[],
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
  certificates: readonly CertificateInfo[],
): HostName {
  const host = properties.text('hostname')?.toLowerCase();
  if (host === undefined) throw new Error(`The host name configuration '${name}' has no hostname.`);
  const id = properties.text('certificateId')?.split('/').at(-1)?.toLowerCase();
  const certificate = certificates.find((one) => one.id.toLowerCase() === id);
  if (id !== undefined && !certificate) throw new Error(`There is no certificate '${id}'.`);
  const pair = certificate && tlsCertificate(certificate);
  if (certificate && !pair) throw new Error(`The certificate '${id}' has no private key.`);
  const material = pair && 'pfx' in pair ? { ...pair, pfx: Buffer.from(pair.pfx, 'base64') } : pair;
  return {
    host,
    certificate: id,
    context: material && createSecureContext({ ...material, minVersion: 'TLSv1.2' }),
    mode: properties.flag('negotiateClientCertificate') === true ? 'request' : 'ignore',
  };
}
