/** How a namespace of Service Bus or Event Hubs lets the gateway in. */
export type Access =
  | { readonly kind: 'key'; readonly keyName: string; readonly key: string }
  | { readonly kind: 'signature'; readonly signature: string }
  /** A token of the gateway's own identity, or of the one with this application id. */
  | { readonly kind: 'identity'; readonly clientId: string | undefined };

/** A namespace and the way in. */
export interface Namespace {
  /** `https://name.servicebus.windows.net`, without a slash at its end. */
  readonly origin: string;
  readonly access: Access;
  /** The queue, topic or event hub that the connection string is for. */
  readonly entity: string | undefined;
}

/**
 * Reads a connection string of Service Bus or Event Hubs (`Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…`).
 * Throws an Error that says what is missing, without the text itself: it is a secret.
 */
export function readConnectionString(text: string): Namespace {
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0)
      parts.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  const endpoint = /^(?:sb|amqps|https):\/\/([\w.-]+(?::\d+)?)\/?$/i.exec(
    parts.get('endpoint') ?? '',
  )?.[1];
  if (endpoint === undefined)
    throw new Error("The connection string has no 'Endpoint=sb://<namespace>/'.");
  const isEmulator = parts.get('usedevelopmentemulator')?.toLowerCase() === 'true';
  return {
    origin: `${isEmulator ? 'http' : 'https'}://${endpoint.toLowerCase()}`,
    access: readAccess(parts),
    entity: parts.get('entitypath'),
  };
}

function readAccess(parts: ReadonlyMap<string, string>): Access {
  const [signature, keyName, key] = [
    parts.get('sharedaccesssignature'),
    parts.get('sharedaccesskeyname'),
    parts.get('sharedaccesskey'),
  ];
  if (signature !== undefined) return { kind: 'signature', signature };
  if (keyName === undefined || key === undefined)
    throw new Error("The connection string has no 'SharedAccessKeyName' and 'SharedAccessKey'.");
  return { kind: 'key', keyName, key };
}

/** The namespace of a name as policies and loggers write it: a host name, or its first label alone. */
export function namespaceOf(name: string, clientId: string | undefined): Namespace {
  if (!/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i.test(name))
    throw new Error(`'${name}' is no name of a Service Bus namespace.`);
  const host = /[.:]/.test(name) ? name : `${name}.servicebus.windows.net`;
  return {
    origin: `https://${host.toLowerCase()}`,
    access: { kind: 'identity', clientId },
    entity: undefined,
  };
}
