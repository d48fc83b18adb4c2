/** Limits of a definition; a host may widen them. */
export interface DefinitionLimits {
  /** Actions in the whole definition. */
  readonly actions: number;
  /** Characters of an action's name. */
  readonly nameLength: number;
  /** The deepest level; actions of the definition itself are at level 0. */
  readonly nesting: number;
  readonly switchCases: number;
  readonly triggers: number;
  readonly variables: number;
  readonly parameters: number;
}

import type { DocumentKind } from './loaded-workflow.js';
import type { AppSettings } from './project-files.js';

/** The limits of the service for a Standard workflow. */
export const defaultDefinitionLimits: DefinitionLimits = {
  actions: 500,
  nameLength: 80,
  nesting: 8,
  switchCases: 25,
  triggers: 10,
  variables: 250,
  parameters: 500,
};

/**
 * The limits of the service: an app has up to 500 parameters, any other workflow 50, `$connections` included.
 * host.json widens them: `Isthmus.Definition.Nesting`, `Isthmus.Definition.Actions` and so on, by the names above.
 */
export function limitsOf(kind: DocumentKind, settings: AppSettings = {}): DefinitionLimits {
  const limits = { ...defaultDefinitionLimits, ...(kind === 'standard' ? {} : { parameters: 50 }) };
  const given = new Map(
    Object.entries(settings).map(([name, value]) => [name.toLowerCase(), Number(value)] as const),
  );
  const widened = Object.entries(limits).map(([name, limit]) => {
    const own = given.get(`isthmus.definition.${name}`.toLowerCase());
    return [name, own !== undefined && Number.isInteger(own) && own > 0 ? own : limit] as const;
  });
  return { ...limits, ...Object.fromEntries(widened) };
}
