/** Event hubs and Service Bus, or what stands in for them (configured per logger and namespace). */
export interface Messages {
  /** log-to-eventhub. Must not delay the request: implementations queue and return. */
  event(event: EventMessage): void;
  /** send-service-bus-message. */
  send(message: BusMessage): Promise<void> | void;
  /** publish-event: tells the subscribers of a GraphQL subscription field. `payload`: JSON of the field's value. */
  publish(topic: SubscriptionTopic, payload: string): Promise<void> | void;
}

/** A subscription field of an API. */
export interface SubscriptionTopic {
  readonly apiId: string;
  readonly field: string;
}

export interface EventMessage {
  readonly loggerId: string;
  readonly partitionKey?: string;
  readonly partitionId?: string;
  readonly text: string;
}

export interface BusMessage {
  readonly namespace: string;
  readonly queue?: string;
  readonly topic?: string;
  readonly clientId?: string;
  readonly payload: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly messageId?: string;
  readonly sessionId?: string;
  /** Seconds. */
  readonly timeToLive?: number;
}

/** A fake that remembers; the queue `fails` takes no message. */
export class FakeMessages implements Messages {
  readonly events: EventMessage[] = [];
  readonly sent: BusMessage[] = [];
  readonly published: { topic: SubscriptionTopic; payload: string }[] = [];

  event(event: EventMessage): void {
    this.events.push(event);
  }

  send(message: BusMessage): void {
    if (message.queue === 'fails') throw new Error('The queue cannot be reached.');
    this.sent.push(message);
  }

  publish(topic: SubscriptionTopic, payload: string): void {
    this.published.push({ topic, payload });
  }
}
