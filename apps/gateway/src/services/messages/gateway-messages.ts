import type { Logger } from '@isthmus/host';
import type { BusMessage, EventMessage, Messages, SubscriptionTopic } from '@isthmus/policy-engine';
import { logText } from '../../observability/log-text.js';
import type { SubscriptionHub } from '../../graphql/subscription-hub.js';
import type { EventHub } from './event-hub.js';
import type { EventQueue } from './event-queue.js';
import type { ServiceBus } from './service-bus.js';

/** Where messages go, whatever the configuration. */
export interface MessageSinks {
  readonly events: EventQueue;
  readonly serviceBus: ServiceBus;
  readonly subscriptions: SubscriptionHub;
  readonly logger: Logger;
}

/**
 * What policies send: events to the event hubs of the configuration's loggers (to the service log where a logger
 * has none), messages to Service Bus.
 */
export class GatewayMessages implements Messages {
  readonly #sinks: MessageSinks;
  readonly #hubs: ReadonlyMap<string, EventHub>;
  readonly #owner: string;

  /** `hubs`: by logger name in lower case. `owner`: "" for the service, "/workspaces/w" for a workspace. */
  constructor(sinks: MessageSinks, hubs: ReadonlyMap<string, EventHub>, owner: string) {
    this.#sinks = sinks;
    this.#hubs = hubs;
    this.#owner = owner;
  }

  event(event: EventMessage): void {
    const { loggerId, text, partitionKey } = event;
    const hub = this.#hubs.get(loggerId.toLowerCase());
    if (hub) this.#sinks.events.add(hub, event);
    else {
      const key = partitionKey === undefined ? {} : { partitionKey: logText(partitionKey, 128) };
      this.#sinks.logger.info(
        { loggerId, ...key, event: logText(text, text.length) },
        'log-to-eventhub',
      );
    }
  }

  send(message: BusMessage): Promise<void> {
    return this.#sinks.serviceBus.send(message);
  }

  publish(topic: SubscriptionTopic, payload: string): Promise<void> {
    return this.#sinks.subscriptions.publish(topicOf(this.#owner, topic), payload);
  }
}

/** APIs of workspaces may have the same id: what one publishes reaches no subscriber of another. */
export function topicOf(owner: string, topic: SubscriptionTopic): SubscriptionTopic {
  return owner === '' ? topic : { ...topic, apiId: `${owner}/apis/${topic.apiId}` };
}
