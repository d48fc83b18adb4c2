/** Event hubs and Service Bus, or what stands in for them (configured per logger and namespace). */
export interface Messages {
  /** log-to-eventhub. Must not delay the request: implementations queue and return. */
  event(event: EventMessage): void;
  /** send-service-bus-message. */
  send(message: BusMessage): Promise<void> | void;
  /** publish-event of GraphQL subscriptions. */
  publish(subscriptionId: string, payload: string): Promise<void> | void;
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

/** A fake that remembers. */
export class FakeMessages implements Messages {
  readonly events: EventMessage[] = [];
  readonly sent: BusMessage[] = [];
  readonly published: { subscriptionId: string; payload: string }[] = [];

  event(event: EventMessage): void {
    this.events.push(event);
  }

  send(message: BusMessage): void {
    this.sent.push(message);
  }

  publish(subscriptionId: string, payload: string): void {
    this.published.push({ subscriptionId, payload });
  }
}
