import { isObject, memberOf, membersOf, type WorkflowObject } from '@isthmus/workflow-expressions';

/** Where a connection leads and how to authenticate there. */
export interface Endpoint {
  readonly url: string;
  readonly authentication?: WorkflowObject;
  readonly subscriptionKey?: string;
}

/** The connection of a built-in connector. */
export interface ProviderConnection {
  readonly serviceProviderId: string;
  readonly parameterValues: WorkflowObject;
}

/** Connections of a workflow, by the names that its actions use. */
export interface Connections {
  managedApi(name: string): Endpoint | undefined;
  provider(name: string): ProviderConnection | undefined;
  function(name: string): Endpoint | undefined;
  apiManagement(name: string): Endpoint | undefined;
}

/**
 * The connections of a connections.json whose expressions are resolved.
 * @param addresses address by connection id or name, for definitions whose artifacts name no runtime address
 */
export function connectionsOf(
  document: WorkflowObject,
  addresses: Readonly<Record<string, string>> = {},
): Connections {
  const known = new Map(
    Object.entries(addresses).map(([name, url]) => [name.toLowerCase(), url] as const),
  );
  const entry = (section: string, name: string): WorkflowObject | undefined => {
    const entries = memberOf(document, section);
    const found = isObject(entries) ? memberOf(entries, name) : undefined;
    return isObject(found) ? found : undefined;
  };
  return {
    managedApi(name) {
      const connection = entry('managedApiConnections', name) ?? byConnectionId(document, name);
      const url =
        text(connection, 'connectionRuntimeUrl') ??
        known.get(name.toLowerCase()) ??
        known.get(lastSegment(name));
      return url === undefined ? undefined : { url, ...authentication(connection) };
    },
    provider(name) {
      const connection = entry('serviceProviderConnections', name);
      if (!connection) return undefined;
      const values = memberOf(connection, 'parameterValues');
      return {
        serviceProviderId: text(object(connection, 'serviceProvider'), 'id') ?? '',
        parameterValues: isObject(values) ? values : {},
      };
    },
    function(name) {
      const connection = entry('functionConnections', name);
      const url = text(connection, 'triggerUrl') ?? known.get(name.toLowerCase());
      return url === undefined ? undefined : { url, ...authentication(connection) };
    },
    apiManagement(name) {
      const connection = entry('apiManagementConnections', name);
      const url = text(connection, 'baseUrl') ?? known.get(name.toLowerCase());
      const subscriptionKey = text(connection, 'subscriptionKey');
      return url === undefined
        ? undefined
        : {
            url,
            ...authentication(connection),
            ...(subscriptionKey !== undefined && { subscriptionKey }),
          };
    },
  };
}

/** A Consumption definition names the connection by its id. */
function byConnectionId(document: WorkflowObject, id: string): WorkflowObject | undefined {
  const entries = memberOf(document, 'managedApiConnections');
  if (!isObject(entries)) return undefined;
  const found = membersOf(entries).find(([name, value]) => {
    const own = isObject(value) ? text(object(value, 'connection'), 'id') : undefined;
    return own?.toLowerCase() === id.toLowerCase() || name.toLowerCase() === lastSegment(id);
  });
  return found && isObject(found[1]) ? found[1] : undefined;
}

function authentication(connection: WorkflowObject | undefined): {
  authentication?: WorkflowObject;
} {
  const value = object(connection, 'authentication');
  return value ? { authentication: value } : {};
}

function object(holder: WorkflowObject | undefined, name: string): WorkflowObject | undefined {
  const value = holder && memberOf(holder, name);
  return isObject(value) ? value : undefined;
}

function text(holder: WorkflowObject | undefined, name: string): string | undefined {
  const value = holder && memberOf(holder, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).toLowerCase();
}
