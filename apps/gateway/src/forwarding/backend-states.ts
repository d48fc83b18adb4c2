import { createHash } from 'node:crypto';
import type { BackendModel } from './backend-model.js';
import { BackendPool } from './backend-pool.js';
import { CircuitBreaker } from './circuit-breaker.js';

/** What lives longer than one configuration: breakers and the turn of pools. */
interface BackendState {
  readonly signature: string;
  readonly breaker: CircuitBreaker | undefined;
  readonly pool: BackendPool<string> | undefined;
}

/** A backend chosen for a call. */
export interface ChosenBackend {
  readonly model: BackendModel;
  readonly breaker: CircuitBreaker | undefined;
  /** `Set-Cookie` that keeps the caller at this member. */
  readonly affinity: string | undefined;
}

/**
 * The running state of backend entities by id. A new configuration keeps the state of every backend
 * whose own definition did not change.
 */
export class BackendStates {
  readonly #states = new Map<string, BackendState>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The backend that takes the call: the entity itself, or a member of its pool. "open": its
   * breaker, or those of all members, are open. Undefined: there is no such backend.
   */
  choose(
    id: string,
    backends: ReadonlyMap<string, BackendModel>,
    cookies: string | undefined,
  ): ChosenBackend | 'open' | undefined {
    const model = backends.get(id.toLowerCase());
    if (!model) return undefined;
    const state = this.#stateOf(model);
    if (state.breaker?.isOpen) return 'open';
    if (!state.pool) return { model, breaker: state.breaker, affinity: undefined };
    const available = (member: string): boolean => {
      const found = backends.get(member);
      return found !== undefined && !this.#stateOf(found).breaker?.isOpen;
    };
    const wanted = model.affinityCookie ? cookieValue(cookies, model.affinityCookie) : undefined;
    const kept =
      wanted === undefined
        ? undefined
        : state.pool.members.find(
            (one) => memberToken(one.backend) === wanted && available(one.backend),
          );
    const member = kept?.backend ?? state.pool.choose(available);
    const chosen = member === undefined ? undefined : backends.get(member);
    if (!chosen) return 'open';
    const affinity =
      model.affinityCookie && !kept
        ? `${model.affinityCookie}=${memberToken(chosen.info.id.toLowerCase())}; Path=/; HttpOnly; SameSite=Lax`
        : undefined;
    return { model: chosen, breaker: this.#stateOf(chosen).breaker, affinity };
  }

  #stateOf(model: BackendModel): BackendState {
    const { key } = model;
    const signature = JSON.stringify([model.breaker, model.pool]);
    const known = this.#states.get(key);
    if (known?.signature === signature) return known;
    const state: BackendState = {
      signature,
      breaker: model.breaker.length > 0 ? new CircuitBreaker(model.breaker, this.#now) : undefined,
      pool:
        model.pool.length > 0
          ? new BackendPool(
              model.pool.map((one) => ({
                backend: one.id.toLowerCase(),
                priority: one.priority,
                weight: one.weight,
              })),
            )
          : undefined,
    };
    this.#states.set(key, state);
    return state;
  }
}

/** Tells members apart without naming them to callers. */
function memberToken(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 16);
}

function cookieValue(cookies: string | undefined, name: string): string | undefined {
  for (const part of cookies?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
