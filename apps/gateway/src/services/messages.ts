import type { Logger } from '@isthmus/host';
import type { BusMessage, EventMessage, Messages } from '@isthmus/policy-engine';

/**
 * Event hubs and Service Bus are services of Azure; without them events go to the service log under
 * the name of their logger, and a message that nobody would receive is an error of the policy.
 */
export class LoggedMessages implements Messages {
  constructor(private readonly logger: Logger) {}

  event({ loggerId, text, partitionKey }: EventMessage): void {
    this.logger.info({ loggerId, partitionKey, event: text }, 'log-to-eventhub');
  }

  send(message: BusMessage): void {
    throw new Error(
      `There is no Service Bus for ${message.queue ?? message.topic ?? message.namespace}.`,
    );
  }

  publish(subscriptionId: string, _payload: string): void {
    throw new Error(`There is no GraphQL subscription '${subscriptionId}'.`);
  }
}
