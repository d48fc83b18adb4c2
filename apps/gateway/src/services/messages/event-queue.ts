import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { EventMessage } from '@isthmus/policy-engine';
import type { Tell } from '../seldom.js';
import type { EventHub } from './event-hub.js';
import { EventLane } from './event-lane.js';
import type { LaneOwner, WaitingEvent } from './event-lane.js';
import type { MessagingClient } from './messaging-client.js';

/** Lanes that send at the same time; events of one partition key share a lane. */
const laneCount = 8;

/** What may wait: beyond it events are dropped, because a call never waits for its log. */
const mostEvents = 10_000;
const mostBytes = 32 * 1024 * 1024;

/** Milliseconds. */
const longestEnd = 5000;

/** Events on their way to event hubs. Adding one neither waits nor fails. */
export class EventQueue implements LaneOwner {
  readonly #lanes: readonly EventLane[];
  readonly #ending = new AbortController();
  #events = 0;
  #bytes = 0;

  constructor(
    readonly client: MessagingClient,
    private readonly tell: Tell,
    /** Address of Event Hubs in place of the namespaces' own. */
    readonly endpoint: string | undefined,
  ) {
    this.#lanes = Array.from({ length: laneCount }, () => new EventLane(this));
  }

  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  add(hub: EventHub, { loggerId, text, partitionId, partitionKey }: EventMessage): void {
    const size = Buffer.byteLength(text) + 2 * (partitionKey?.length ?? 0);
    if (this.#events >= mostEvents || this.#bytes + size > mostBytes) {
      this.tell('events are dropped: too many wait for their event hub', { loggerId });
      return;
    }
    this.#events++;
    this.#bytes += size;
    const event = { hub, partitionId, partitionKey, text, size };
    this.#lanes[laneOf(partitionKey ?? partitionId)]!.add(event);
  }

  left(events: readonly WaitingEvent[], failure: string | undefined): void {
    this.#events -= events.length;
    for (const { size } of events) this.#bytes -= size;
    if (failure !== undefined)
      this.tell('events are lost: their event hub does not take them', {
        hub: events[0]?.hub.entity,
        events: events.length,
        error: failure,
      });
  }

  /** Sends what waits, each once more at most, as long as that does not hold up the end of the process. */
  async close(): Promise<void> {
    this.#ending.abort();
    const drained = Promise.all(this.#lanes.map((lane) => lane.drained()));
    await Promise.race([drained, wait(longestEnd, undefined, { ref: false })]);
  }
}

function laneOf(key: string | undefined): number {
  if (key === undefined) return 0;
  return createHash('sha1').update(key).digest()[0]! % laneCount;
}
