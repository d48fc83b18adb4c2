import { ServiceError } from '@isthmus/host';
import { checkName } from './resource-id.js';

/** Which addresses this catalog answers to; `*` is any. */
export interface ServiceIdentity {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly serviceName: string;
  /** Where callers reach the service, for absolute links; default: as the request says. */
  readonly publicUrl?: string | undefined;
  /** Signs debug credentials; the gateways have the same. */
  readonly traceSecret?: string | undefined;
}

/** A request's path taken apart. */
export interface ServiceAddress {
  /** The service's own path as the caller spelled it; the beginning of every id in the answer. */
  readonly service: string;
  /** What follows, decoded: `['apis', 'echo']`. */
  readonly segments: readonly string[];
  readonly serviceName: string;
}

const pattern =
  /^(\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ApiManagement\/service\/([^/]+))(\/.*)?$/i;

/**
 * Takes the path of a request apart and checks that it means this service.
 * @param path the path as sent, still encoded, without the query
 * @throws ServiceError 404 for another service, 400 for names that are not valid
 */
export function parseAddress(path: string, identity: ServiceIdentity): ServiceAddress {
  const match = pattern.exec(path);
  if (!match)
    throw new ServiceError(404, 'InvalidResourceType', 'There is nothing at this address.');
  const [, service, subscription, group, name, rest] = match as unknown as string[];
  const own = [
    [subscription, identity.subscriptionId],
    [group, identity.resourceGroup],
    [name, identity.serviceName],
  ] as const;
  for (const [given, wanted] of own)
    if (wanted !== '*' && decode(given!).toLowerCase() !== wanted.toLowerCase())
      throw new ServiceError(
        404,
        'ResourceNotFound',
        `There is no service '${decode(name!)}' here.`,
      );
  const segments = (rest ?? '')
    .split('/')
    .filter((segment, index) => index > 0 && segment !== '')
    .map(decode);
  for (const segment of segments) checkName(segment);
  return { service: service!, segments, serviceName: decode(name!) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ServiceError(400, 'InvalidResourceName', 'The address is not encoded rightly.');
  }
}
