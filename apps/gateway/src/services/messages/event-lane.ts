import { setTimeout as wait } from 'node:timers/promises';
import type { EventHub } from './event-hub.js';
import type { MessagePost, MessagingClient } from './messaging-client.js';
import { batchType } from './messaging-client.js';

/** An event that waits to be sent. */
export interface WaitingEvent {
  readonly hub: EventHub;
  readonly partitionId: string | undefined;
  readonly partitionKey: string | undefined;
  readonly text: string;
  /** Bytes of the text. */
  readonly size: number;
}

/** What became of events, for the queue that owns them. */
export interface LaneOwner {
  readonly client: MessagingClient;
  /** Address of Event Hubs in place of the namespaces' own. */
  readonly endpoint: string | undefined;
  /** Aborts at the end of the process: no more waiting, no more repeating. */
  readonly ending: AbortSignal;
  left(events: readonly WaitingEvent[], failure: string | undefined): void;
}

/** Largest batch: the service takes 256 KB in its smallest tier, JSON escapes included. */
const batchBytes = 200 * 1024;
const batchEvents = 500;
/** Milliseconds: how long a buffered event may wait for others, and between repeated attempts. */
const gathering = 1000;
const pauses = [1000, 2000, 4000];
const timeout = 15_000;

/** Sends events one request after the other, so that those of one partition key keep their order. */
export class EventLane {
  readonly #owner: LaneOwner;
  #waiting: WaitingEvent[] = [];
  #running: Promise<void> | undefined;

  constructor(owner: LaneOwner) {
    this.#owner = owner;
  }

  add(event: WaitingEvent): void {
    this.#waiting.push(event);
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#waiting.length < batchEvents && this.#waiting.every((one) => one.hub.isBuffered))
        await this.#pause(gathering);
      const batch = this.#take();
      this.#owner.left(batch, await this.#send(batch));
    }
  }

  /** The next events that may travel in one request. A partition key is told in a header, so it travels alone. */
  #take(): WaitingEvent[] {
    const [first] = this.#waiting;
    let [count, size] = [0, 0];
    for (const event of this.#waiting) {
      const fits = count === 0 || (count < batchEvents && size + event.size <= batchBytes);
      const alike = event.hub === first!.hub && event.partitionId === first!.partitionId;
      if (!fits || !alike || (count > 0 && event.partitionKey !== undefined)) break;
      count++;
      size += event.size;
      if (event.partitionKey !== undefined) break;
    }
    return this.#waiting.splice(0, count);
  }

  /** Why the events were given up; undefined when they arrived. */
  async #send(batch: readonly WaitingEvent[]): Promise<string | undefined> {
    for (let attempt = 0; ; attempt++) {
      const failure = await this.#attempt(batch);
      if (failure === undefined || !failure.mayPass) return failure?.message;
      const pause = pauses[attempt];
      if (pause === undefined || this.#owner.ending.aborted) return failure.message;
      await this.#pause(pause);
    }
  }

  async #attempt(
    batch: readonly WaitingEvent[],
  ): Promise<{ message: string; mayPass: boolean } | undefined> {
    try {
      const status = await this.#owner.client.post(postOf(batch, this.#owner.endpoint));
      if (status >= 200 && status < 300) return undefined;
      const mayPass = status >= 500 || status === 429 || status === 408;
      return { message: `Event Hubs answered ${status}`, mayPass };
    } catch (error) {
      return { message: error instanceof Error ? error.message : String(error), mayPass: true };
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const options = { ref: false, signal: this.#owner.ending };
    await wait(milliseconds, undefined, options).catch(() => undefined);
  }
}

function postOf(batch: readonly WaitingEvent[], endpoint: string | undefined): MessagePost {
  const { hub, partitionId, partitionKey } = batch[0]!;
  const entity = partitionId === undefined ? hub.entity : `${hub.entity}/partitions/${partitionId}`;
  const common = {
    namespace: hub.namespace,
    entity,
    audience: 'https://eventhubs.azure.net',
    endpoint,
    timeout,
  };
  if (partitionKey === undefined) {
    const body = JSON.stringify(batch.map(({ text }) => ({ Body: text })));
    return { ...common, contentType: batchType, body };
  }
  return {
    ...common,
    contentType: 'application/atom+xml;type=entry;charset=utf-8',
    headers: { BrokerProperties: asciiJson({ PartitionKey: partitionKey }) },
    body: batch[0]!.text,
  };
}

/** JSON that may stand in a header. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
