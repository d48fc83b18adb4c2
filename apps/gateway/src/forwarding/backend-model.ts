import type { BackendInfo, UrlBase } from '@isthmus/policy-engine';
import type { BreakerRule } from './circuit-breaker.js';
import type { ConnectionChoice } from './dispatchers.js';

/** A backend entity as the gateway uses it: named values are in place, certificates resolved. */
export interface BackendModel {
  /** Its resource id in lower case. */
  readonly key: string;
  readonly info: BackendInfo;
  /** Absent for pools. */
  readonly base: UrlBase | undefined;
  readonly url: string | undefined;
  readonly headers: readonly (readonly [string, readonly string[]])[];
  readonly query: readonly (readonly [string, readonly string[]])[];
  /** Value of Authorization. */
  readonly authorization: string | undefined;
  /** Identity of the gateway whose token goes into Authorization. */
  readonly managedIdentity: { readonly resource: string; readonly clientId?: string } | undefined;
  readonly connection: ConnectionChoice;
  readonly breaker: readonly BreakerRule[];
  readonly pool: readonly {
    readonly id: string;
    readonly priority: number;
    readonly weight: number;
  }[];
  /** Name of the cookie that keeps a caller at one member. */
  readonly affinityCookie: string | undefined;
}
