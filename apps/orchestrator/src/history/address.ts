/** The addresses of the workflow resources: Azure Resource Manager's, and those of the Standard runtime. */
const group = 'subscriptions/:subscription/resourceGroups/:resourceGroup/providers';
const standard = 'runtime/webhooks/workflow/api/management/workflows';
export const logicPath = `${group}/Microsoft.Logic/workflows`;
export const logicPrefixes = [
  logicPath,
  standard,
  `${group}/Microsoft.Web/sites/:site/hostruntime/${standard}`,
];

/** What the address of a call names; any subscription, group and site are accepted and given back. */
export interface AddressParams {
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly site?: string;
  readonly name?: string;
}

/** The call came by the address of a Consumption workflow. */
export function isConsumption({ subscription, site }: AddressParams): boolean {
  return subscription !== undefined && site === undefined;
}

/** A resource in the scope that the caller used. */
export interface ResourceName {
  /** Below the list of workflows, such as `orders/runs/1`. */
  readonly path: string;
  /** Below the type of a workflow, such as `/runs`. */
  readonly kind?: string;
}

/** `id`, `name` and `type` of a resource. */
export function identityOf(params: AddressParams, { path, kind = '' }: ResourceName) {
  const { subscription, resourceGroup } = params;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!isConsumption(params)) return { id: `/workflows/${path}`, name, type: `workflows${kind}` };
  const type = 'Microsoft.Logic/workflows';
  const scope = `/subscriptions/${subscription}/resourceGroups/${resourceGroup ?? 'isthmus'}`;
  return { id: `${scope}/providers/${type}/${path}`, name, type: `${type}${kind}` };
}
