import { textOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import { ArmTemplateError } from './arm-error.js';
import type { Deployment } from './deployment.js';

/** `/providers/<type>/<name>…` after a prefix; the type may have several segments, each with its name. */
export function resourceId(prefix: string, args: readonly WorkflowValue[]): string {
  const at = args.findIndex((value) => textOf(value).includes('/'));
  if (at < 0)
    throw new ArmTemplateError(
      'resourceId needs a resource type such as Microsoft.Logic/workflows.',
    );
  const [provider = '', ...kinds] = textOf(args[at] ?? null).split('/');
  const names = args.slice(at + 1).flatMap((value) => textOf(value).split('/'));
  const segments = kinds.flatMap((kind, index) => [kind, names[index] ?? '']);
  return `${prefix}/providers/${provider}/${segments.join('/')}`;
}

/** `resourceId([subscription, [group,]] type, names…)`. */
export function groupResourceId(args: readonly WorkflowValue[], deployment: Deployment): string {
  const at = args.findIndex((value) => textOf(value).includes('/'));
  const scope = args.slice(0, Math.max(at, 0)).map(textOf);
  const group = scope.at(-1) ?? deployment.resourceGroup;
  const subscription = scope.length > 1 ? (scope[0] as string) : deployment.subscriptionId;
  return resourceId(
    `/subscriptions/${subscription}/resourceGroups/${group}`,
    args.slice(Math.max(at, 0)),
  );
}
