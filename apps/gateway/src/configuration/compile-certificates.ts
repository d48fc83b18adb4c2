import type { CertificateInfo } from '@isthmus/policy-engine';
import { resourceName } from '@isthmus/artifacts';
import { certificatePem, readCertificate } from '../services/certificates.js';
import type { FailedPart } from './gateway-model.js';
import type { ResourceIndex } from './resource-index.js';

/** Whose resources are compiled: those of the service (`owner` is "") or of a workspace ("/workspaces/w"). */
export interface EntitySource {
  readonly index: ResourceIndex;
  readonly owner: string;
  readonly gatewayId: string;
}

/** The certificates of a configuration. */
export interface CompiledCertificates {
  readonly certificates: readonly CertificateInfo[];
  /** Authorities that this gateway trusts beside the public ones, PEM. */
  readonly authorities: readonly string[];
}

/**
 * Reads `/certificates` of the service or a workspace; only the service has authorities. Authorities are those with `storeName` `Root` or `CertificateAuthority`, as the service's own
 * list has it, and those assigned to the gateway (`/gateways/<id>/certificateAuthorities/<certificate>`) as trusted.
 * What cannot be read is told in `failed`.
 */
export function compileCertificates(
  { index, owner, gatewayId }: EntitySource,
  failed: FailedPart[],
): CompiledCertificates {
  const certificates: CertificateInfo[] = [];
  const authorities = new Set<string>();
  for (const { id, name, properties } of index.in(`${owner}/certificates`)) {
    try {
      const data = properties.text('data') ?? '';
      const certificate = readCertificate(name, data, properties.text('password'));
      certificates.push(certificate);
      if (owner === '' && /^(root|certificateauthority)$/i.test(properties.text('storeName') ?? ''))
        authorities.add(certificatePem(certificate));
    } catch (error) {
      failed.push(failure(id, error instanceof Error ? error.message : String(error)));
    }
  }
  const assigned = owner === '' ? `/gateways/${gatewayId}/certificateAuthorities` : '';
  for (const { id, properties } of index.in(assigned)) {
    const certificate = certificateOf(resourceName(id), certificates);
    if (!certificate) failed.push(failure(id, `There is no certificate '${resourceName(id)}'.`));
    else if (properties.flag('isTrusted') === true) authorities.add(certificatePem(certificate));
  }
  return { certificates, authorities: [...authorities] };
}

/** The certificate of a name or id. */
export function certificateOf(
  reference: string,
  certificates: readonly CertificateInfo[],
): CertificateInfo | undefined {
  const name = resourceName(reference).toLowerCase();
  return certificates.find((one) => one.id.toLowerCase() === name);
}

function failure(id: string, message: string): FailedPart {
  return { id, problems: [{ message }], keepsPrevious: false };
}
