import { createHash } from 'node:crypto';

/**
 * One management resource: `id` is relative to the service ("/apis/echo/operations/get-x"), spelled
 * with the folder names of the ARM interface; `properties` are its ARM properties. Catalog, APIOps
 * folders and gateways exchange flat lists of these.
 */
export interface Resource {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A resource that was read from a folder, and the file that says most about it. */
export interface ArtifactResource extends Resource {
  readonly file: string;
}

/** A mistake in a folder or an imported document; `line` and `column` count from 1. */
export interface ArtifactProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** The last segment of an id: "get-x" of "/apis/echo/operations/get-x". */
export function resourceName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The kind of an id: its collections without the names ("apis/operations"). */
export function resourceKind(id: string): string {
  return id
    .split('/')
    .filter((_, index) => index % 2 === 1)
    .join('/');
}

/** The id of the resource that owns this one: "/apis/echo" of "/apis/echo/operations/get-x". */
export function parentId(id: string): string {
  return id.split('/').slice(0, -2).join('/');
}

/** Ids are compared without regard to case, as in ARM. */
export function sameId(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase();
}

/**
 * A reference between resources as a service-relative id: full ARM ids
 * ("/subscriptions/.../service/contoso/products/x") lose what stands before the service's own part;
 * the service itself becomes "/"; everything else stays.
 */
export function relativeReference(reference: string): string {
  const match = /\/providers\/Microsoft\.ApiManagement\/service\/[^/]+(\/.*)?$/i.exec(reference);
  return match ? (match[1] ?? '/') : reference;
}

/** SHA-256 of a subscription key in hexadecimal: the only form in which a gateway sees a key. */
export function keyHash(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}
