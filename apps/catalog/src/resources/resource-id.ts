import { ServiceError } from '@isthmus/host';
import { keyOf } from './store/resource.store.js';

/** A service-relative id taken apart: `/apis/echo/operations/get-x`. */
export interface ResourceId {
  readonly id: string;
  readonly key: string;
  /** Its collections: `apis/operations`. */
  readonly type: string;
  readonly name: string;
  /** Id of the owner; empty at the top. */
  readonly parent: string;
}

/** Characters that ARM refuses in names, and control characters; `;` stays for revisions. */
// eslint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u001f\u007f*#&+:<>?/\\]/;

/** @throws ServiceError 400 when it is no id of a resource */
export function parseResourceId(id: string): ResourceId {
  const segments = id.split('/').slice(1);
  if (!id.startsWith('/') || segments.length === 0 || segments.length % 2 !== 0)
    throw new ServiceError(400, 'InvalidResourceId', `'${id}' is not the id of a resource.`);
  for (const segment of segments) checkName(segment);
  return {
    id,
    key: keyOf(id),
    type: segments.filter((_, index) => index % 2 === 0).join('/'),
    name: segments.at(-1)!,
    parent: segments.length === 2 ? '' : `/${segments.slice(0, -2).join('/')}`,
  };
}

/** @throws ServiceError 400 for a name that could be misread anywhere on its way */
export function checkName(name: string): void {
  if (name === '' || name.length > 256 || forbidden.test(name) || /^\.{1,2}$/.test(name))
    throw new ServiceError(400, 'InvalidResourceName', `'${name}' is not a valid name.`);
}

/** `/apis/echo;rev=2` is API `echo`, revision 2. */
export function splitRevision(name: string): { name: string; revision: string | undefined } {
  const match = /^(.*);rev=([^;]+)$/i.exec(name);
  return match ? { name: match[1]!, revision: match[2]! } : { name, revision: undefined };
}
