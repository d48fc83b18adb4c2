/** The prefix of Azure Resource Manager; any subscription and resource group are accepted and given back. */
export const logicPrefix =
  'subscriptions/:subscription/resourceGroups/:resourceGroup/providers/Microsoft.Logic/workflows';

/** The part of an address that names the scope. */
export interface ScopeParams {
  readonly subscription: string;
  readonly resourceGroup: string;
}

/** The resource id of a workflow in the scope that the caller used. */
export function workflowId(scope: ScopeParams, name: string): string {
  return `/subscriptions/${scope.subscription}/resourceGroups/${scope.resourceGroup}/providers/Microsoft.Logic/workflows/${name}`;
}
