import type { SubscriptionTopic } from '@isthmus/policy-engine';
import type { Redis } from 'ioredis';

/** Events that may wait for one subscriber; one who falls behind further is let go. */
export const mostWaiting = 1000;

const channel = 'isthmus:graphql-events';

/**
 * Brings what publish-event publishes to the subscribers of this process, and with Redis to those of all gateways
 * (at most once: who is not connected misses it, as with any GraphQL subscription).
 */
export class SubscriptionHub {
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #redis: Redis | undefined;
  #listener: Redis | undefined;

  constructor(redis: Redis | undefined) {
    this.#redis = redis;
  }

  async publish(topic: SubscriptionTopic, payload: string): Promise<void> {
    if (this.#redis?.status === 'ready')
      await this.#redis.publish(channel, JSON.stringify([keyOf(topic), payload]));
    else this.#deliver(keyOf(topic), payload);
  }

  /** Payloads of a topic from now on. `return()` ends it. */
  subscribe(topic: SubscriptionTopic): AsyncIterator<string> {
    this.#listen();
    const key = keyOf(topic);
    let all = this.#subscribers.get(key);
    if (!all) this.#subscribers.set(key, (all = new Set()));
    const subscriber = new Subscriber(() => {
      all.delete(subscriber);
      if (all.size === 0) this.#subscribers.delete(key);
    });
    all.add(subscriber);
    return subscriber;
  }

  close(): void {
    this.#listener?.disconnect();
    for (const all of this.#subscribers.values()) for (const one of all) void one.return();
  }

  /** The second connection, which Redis wants for listening, is made for the first subscriber. */
  #listen(): void {
    if (!this.#redis || this.#listener) return;
    this.#listener = this.#redis.duplicate();
    this.#listener.on('error', () => undefined);
    this.#listener.on('message', (_channel: string, message: string) => {
      const [key, payload] = JSON.parse(message) as [string, string];
      this.#deliver(key, payload);
    });
    this.#listener.subscribe(channel).catch(() => undefined);
  }

  #deliver(key: string, payload: string): void {
    for (const one of this.#subscribers.get(key) ?? []) one.push(payload);
  }
}

function keyOf({ apiId, field }: SubscriptionTopic): string {
  return `${apiId.toLowerCase()}/${field}`;
}

/** A queue that is read by awaiting. */
class Subscriber implements AsyncIterator<string> {
  readonly #waiting: string[] = [];
  #reader: ((result: IteratorResult<string>) => void) | undefined;
  #ended = false;

  constructor(private readonly end: () => void) {}

  push(payload: string): void {
    if (this.#reader) {
      this.#reader({ value: payload });
      this.#reader = undefined;
    } else if (this.#waiting.push(payload) > mostWaiting) void this.return();
  }

  next(): Promise<IteratorResult<string>> {
    const [first] = this.#waiting;
    if (first !== undefined) {
      this.#waiting.shift();
      return Promise.resolve({ value: first });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => (this.#reader = resolve));
  }

  return(): Promise<IteratorResult<string>> {
    this.#ended = true;
    this.end();
    this.#reader?.({ done: true, value: undefined });
    this.#reader = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }
}
