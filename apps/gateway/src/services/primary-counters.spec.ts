import { EventEmitter } from 'node:events';
import { FixedClock } from '@isthmus/policy-engine';
import { MemoryCounters } from './memory-counters.js';
import { answerCount, PrimaryCounters } from './primary-counters.js';
import type { CountRequest } from './primary-counters.js';

/** A worker's channel to a primary that counts for all; messages pass as JSON, as between processes. */
class Channel extends EventEmitter {
  connected = true;
  sent = 0;
  constructor(private readonly counters: MemoryCounters) {
    super();
  }
  send(message: CountRequest): void {
    this.sent++;
    const request = JSON.parse(JSON.stringify(message)) as CountRequest;
    void answerCount(this.counters, request).then((answer) =>
      setImmediate(() => this.emit('message', JSON.parse(JSON.stringify(answer)))),
    );
  }
}

describe('PrimaryCounters', () => {
  const window = { kind: 'sliding', period: 1000 } as const;
  const makeWorkers = (count: number): { workers: PrimaryCounters[]; channels: Channel[] } => {
    const primary = new MemoryCounters(new FixedClock(0));
    const channels = Array.from({ length: count }, () => new Channel(primary));
    const own = new MemoryCounters(new FixedClock(0));
    return { workers: channels.map((one) => new PrimaryCounters(one, own)), channels };
  };

  it('lets workers together through exactly up to a limit, whatever their number divides it to', async () => {
    const { workers } = makeWorkers(3);
    const all = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => workers[index % 3]!.add('k', 1, window, 10)),
    );
    expect(all.filter(({ accepted }) => accepted)).toHaveLength(10);
    expect(await workers[0]!.read('k', window)).toMatchObject({ count: 10, resetAfter: 1000 });
  });
  it('asks in one message what one turn asks', async () => {
    const { workers, channels } = makeWorkers(1);
    await Promise.all(
      Array.from({ length: 20 }, async () => workers[0]!.add('k', 1, window, Infinity)),
    );
    expect(channels[0]!.sent).toBe(1);
    expect(await workers[0]!.read('k', window)).toMatchObject({ count: 20 });
  });
  it('counts itself when the primary is gone', async () => {
    const { workers, channels } = makeWorkers(1);
    const asked = workers[0]!.add('k', 1, window, 1);
    channels[0]!.connected = false;
    expect((await asked).accepted).toBe(true);
    expect((await workers[0]!.add('k', 1, window, 1)).accepted).toBe(false);
  });
});
