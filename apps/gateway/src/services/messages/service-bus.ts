import type { BusMessage } from '@isthmus/policy-engine';
import { namespaceOf, readConnectionString } from './connection-string.js';
import type { Namespace } from './connection-string.js';
import { batchType } from './messaging-client.js';
import type { MessagingClient } from './messaging-client.js';

/** How the gateway reaches Service Bus. */
export interface ServiceBusSettings {
  /** Connection strings of namespaces; others are reached with the gateway's identity. */
  readonly connections: readonly string[];
  /** Address of Service Bus in place of the namespaces' own. */
  readonly endpoint: string | undefined;
}

/** Milliseconds that a call waits for the service to take its message. */
const timeout = 30_000;

/** Sends messages to queues and topics; the call waits until the service has taken its message. */
export class ServiceBus {
  readonly #client: MessagingClient;
  readonly #known: readonly Namespace[];
  readonly #endpoint: string | undefined;

  constructor(client: MessagingClient, { connections, endpoint }: ServiceBusSettings) {
    this.#client = client;
    this.#known = connections.map(readConnectionString);
    this.#endpoint = endpoint;
  }

  /** Rejects when the message was not taken; the message of the error may be shown to operators. */
  async send(message: BusMessage): Promise<void> {
    const entity = message.queue ?? message.topic ?? '';
    const namespace = this.#namespace(message, entity);
    const status = await this.#client.post({
      namespace,
      entity,
      contentType: batchType,
      body: JSON.stringify([batchItem(message)]),
      audience: 'https://servicebus.azure.net',
      endpoint: this.#endpoint,
      timeout,
    });
    if (status < 200 || status > 299)
      throw new Error(`Service Bus answered ${status} to a message for '${entity}'.`);
  }

  #namespace({ namespace, clientId }: BusMessage, entity: string): Namespace {
    if (namespace === '') {
      const [first] = this.#known;
      if (first) return first;
      throw new Error(`There is no Service Bus namespace for '${entity}'.`);
    }
    const named = namespaceOf(namespace, clientId);
    // A policy that names an identity means that identity.
    const known = this.#known.find(({ origin }) => hostOf(origin) === hostOf(named.origin));
    return clientId === undefined && known ? known : named;
  }
}

/**
 * A message as an element of a batch: there the properties have places in the JSON, whatever their names;
 * in headers, names like `Host` would be taken for something else.
 */
function batchItem({ payload, properties, messageId, sessionId, timeToLive }: BusMessage): object {
  const broker = {
    ...(messageId === undefined ? {} : { MessageId: messageId }),
    ...(sessionId === undefined ? {} : { SessionId: sessionId }),
    ...(timeToLive === undefined ? {} : { TimeToLiveTimeSpan: timeSpan(timeToLive) }),
  };
  return {
    Body: payload,
    ...(Object.keys(broker).length === 0 ? {} : { BrokerProperties: broker }),
    ...(Object.keys(properties).length === 0 ? {} : { UserProperties: properties }),
  };
}

/** Seconds as `d.hh:mm:ss`. */
function timeSpan(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3600) % 24, (seconds / 60) % 60];
  return `${Math.floor(days)}.${two(hours)}:${two(minutes)}:${two(seconds % 60)}`;
}

function hostOf(origin: string): string {
  return origin.replace(/^https?:\/\//, '');
}
