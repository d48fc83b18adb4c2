import { ServiceError } from '@isthmus/host';
import type { PlannedTrigger } from '@isthmus/workflow-engine';
import { isObject, memberOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import type { WorkflowRow } from '../store/definitions.store.js';
import { isConsumption, type AddressParams } from './address.js';
import type { CallbackUrls } from '../triggers/callback-urls.js';

/**
 * The signed URL of a trigger as `listCallbackUrl` gives it: in the form of Consumption where the call came by the
 * address of Azure Resource Manager, else in that of the Standard runtime. Of a trigger with a relative path `value`
 * holds its template.
 * @param asked body of the call: `keyType` chooses the key, `notAfter` the end of validity
 * @throws ServiceError 400
 */
export function callbackUrlView(
  urls: CallbackUrls,
  {
    row,
    trigger,
    params,
  }: {
    readonly row: WorkflowRow;
    readonly trigger: PlannedTrigger;
    readonly params: AddressParams;
  },
  asked: Readonly<Record<string, unknown>>,
): object {
  const key = isSecondary(asked['keyType'] ?? asked['KeyType'])
    ? row.secondary_key
    : row.primary_key;
  const expires = expiryOf(asked['notAfter'] ?? asked['NotAfter']);
  const { relativePath, method } = requestOf(trigger);
  const workflow = { name: row.name, id: row.id, key };
  const url = isConsumption(params)
    ? urls.consumptionTrigger(workflow, trigger.name, expires)
    : urls.trigger(workflow, trigger.name, expires);
  if (relativePath === undefined) return { ...url, method: method ?? 'POST' };
  const below = `/${relativePath.replace(/^\/+/, '')}`;
  return {
    ...url,
    value: `${url.basePath}${below}${url.value.slice(url.basePath.length)}`,
    method: method ?? 'POST',
    relativePath: below,
    relativePathParameters: pathParameters(relativePath),
  };
}

/** Which key a `keyType` chooses: the primary one without it. @throws ServiceError 400 */
export function isSecondary(keyType: unknown): boolean {
  if (keyType === undefined || keyType === null) return false;
  const name = typeof keyType === 'string' ? keyType.toLowerCase() : '';
  if (['primary', 'secondary', 'notspecified'].includes(name)) return name === 'secondary';
  throw new ServiceError(400, 'InvalidKeyType', `'keyType' must be Primary or Secondary.`);
}

/** What a request trigger says of its calls. */
export interface RequestShape {
  readonly method?: string;
  readonly relativePath?: string;
  readonly schema?: WorkflowObject;
}

/** Method, path and schema of a request trigger, as far as its definition says. */
export function requestOf({ definition }: PlannedTrigger): RequestShape {
  const inputs = memberOf(definition, 'inputs');
  const member = (name: string) => (isObject(inputs) ? memberOf(inputs, name) : undefined);
  const [method, relativePath, schema] = ['method', 'relativePath', 'schema'].map(member);
  return {
    ...(typeof method === 'string' && method !== '' && { method }),
    ...(typeof relativePath === 'string' && relativePath !== '' && { relativePath }),
    ...(isObject(schema) && { schema }),
  };
}

/** The names in a path such as `/customers/{id}`. */
export function pathParameters(template: string): string[] {
  return [...template.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name!);
}

/** The end of validity that a body names, as ISO time. @throws ServiceError 400 */
export function expiryOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const time = new Date(typeof value === 'string' ? value : Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new ServiceError(400, 'InvalidNotAfter', `'notAfter' must be a time.`);
  return time.toISOString();
}
