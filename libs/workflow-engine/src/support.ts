import { actionTypes } from './actions/index.js';
import { triggerTypes } from './triggers/index.js';

/** One line of the support table. */
export interface TypeSupport {
  readonly type: string;
  /** Why it only loads and validates; absent: it runs. */
  readonly unsupported?: string;
}

/** What the engine runs, for the support tables. */
export function workflowSupport(): {
  readonly triggers: readonly TypeSupport[];
  readonly actions: readonly TypeSupport[];
} {
  return {
    triggers: triggerTypes.map(supportOf).toSorted(byName),
    actions: actionTypes.map(supportOf).toSorted(byName),
  };
}

function supportOf({ type, unsupported }: TypeSupport): TypeSupport {
  return unsupported === undefined ? { type } : { type, unsupported };
}

function byName(left: TypeSupport, right: TypeSupport): number {
  return left.type < right.type ? -1 : 1;
}
