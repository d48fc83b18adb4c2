import type { Properties } from '../../configuration/resource-index.js';
import { namespaceOf, readConnectionString } from './connection-string.js';
import type { Namespace } from './connection-string.js';

/** The event hub of a logger. */
export interface EventHub {
  readonly namespace: Namespace;
  readonly entity: string;
  /** Whether events may wait a moment for others. */
  readonly isBuffered: boolean;
}

/**
 * Reads a logger of the type `azureEventHub`: `credentials` with a `connectionString`, or with an `endpointAddress` for
 * the gateway's identity (`identityClientId`), and the hub in `name`. Undefined for loggers of other types and
 * for those without credentials. Throws an Error that says what is wrong.
 */
export function readEventHub(properties: Properties): EventHub | undefined {
  const credentials = properties.object('credentials');
  if (properties.text('loggerType')?.toLowerCase() !== 'azureeventhub' || !credentials)
    return undefined;
  const connection = credentials.text('connectionString');
  const address = credentials.text('endpointAddress');
  if (connection === undefined && address === undefined) return undefined;
  const clientId = credentials.text('identityClientId');
  const namespace =
    connection === undefined
      ? namespaceOf(
          (address ?? '').replace(/^\w+:\/\//, '').replace(/\/+$/, ''),
          clientId === 'SystemAssigned' || clientId === 'systemAssigned' ? undefined : clientId,
        )
      : readConnectionString(connection);
  const entity = namespace.entity ?? credentials.text('name');
  if (entity === undefined) throw new Error("The credentials name no event hub ('name').");
  return { namespace, entity, isBuffered: properties.flag('isBuffered') ?? true };
}
