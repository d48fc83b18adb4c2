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

/** The limits of the service: 50 parameters in a Consumption workflow, 500 in a Standard app. */
export const defaultDefinitionLimits: DefinitionLimits = {
  actions: 500,
  nameLength: 80,
  nesting: 8,
  switchCases: 25,
  triggers: 10,
  variables: 250,
  parameters: 500,
};
