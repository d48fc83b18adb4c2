import { InMemoryCache, type Cache } from './cache.js';
import { FixedClock, type Clock } from './clock.js';
import { InMemoryCounters, type Counters } from './counters.js';
import { FakeForward, type Forward } from './forward.js';
import { FakeHttp, TransportError, type Http } from './http.js';
import { FakeKeySets, type KeySets } from './key-sets.js';
import { FakeLog, type Log } from './log.js';
import { FakeMessages, type Messages } from './messages.js';
import { FakeResources, type Resources } from './resources.js';
import { FakeTokens, type Tokens } from './tokens.js';
import { VerifiedTokens } from '../tokens/verified-tokens.js';
import { InMemoryVectorStore, type VectorStore } from './vector-store.js';

/** Everything outside that policies may reach. Made once by the host, the same object for all requests. */
export interface Ports {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly forward: Forward;
  readonly http: Http;
  readonly keySets: KeySets;
  readonly log: Log;
  readonly messages: Messages;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly resources: Resources;
  readonly tokens: Tokens;
  readonly vectorStore: VectorStore;
  /** What is remembered of the verification of tokens. */
  readonly verifiedTokens: VerifiedTokens;
}

/** First-class fakes for every port; give those that a test cares about. */
export function fakePorts(some: Partial<Ports> = {}): Ports {
  const clock = some.clock ?? new FixedClock();
  const refuse = (): never => {
    throw new TransportError('BackendConnectionFailure');
  };
  return {
    clock,
    cache: new InMemoryCache(clock),
    counters: new InMemoryCounters(clock),
    forward: new FakeForward(refuse),
    http: new FakeHttp(refuse),
    keySets: new FakeKeySets(),
    log: new FakeLog(),
    messages: new FakeMessages(),
    random: () => 0.5,
    resources: new FakeResources(),
    tokens: new FakeTokens(),
    vectorStore: new InMemoryVectorStore(clock),
    verifiedTokens: new VerifiedTokens(),
    ...some,
  };
}
