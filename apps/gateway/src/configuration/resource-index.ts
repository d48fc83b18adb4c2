import { resourceKind, resourceName } from '@isthmus/artifacts';
import type { Resource } from '@isthmus/artifacts';

/** Properties of a resource, read with care: they come from files and other services. */
export class Properties {
  constructor(readonly raw: Readonly<Record<string, unknown>>) {}

  text(name: string): string | undefined {
    const value = this.raw[name];
    return typeof value === 'string'
      ? value
      : typeof value === 'number'
        ? String(value)
        : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.raw[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.raw[name];
    return typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d+$/.test(value)
        ? Number(value)
        : undefined;
  }

  object(name: string): Properties | undefined {
    const value = this.raw[name];
    return isObject(value) ? new Properties(value) : undefined;
  }

  list(name: string): readonly unknown[] {
    const value = this.raw[name];
    return Array.isArray(value) ? (value as unknown[]) : [];
  }

  objects(name: string): Properties[] {
    return this.list(name)
      .filter(isObject)
      .map((one) => new Properties(one));
  }

  texts(name: string): string[] {
    return this.list(name).filter((one): one is string => typeof one === 'string');
  }
}

/** Whether a value is a plain object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A resource with its place in the index. */
export interface IndexedResource {
  readonly id: string;
  readonly name: string;
  readonly properties: Properties;
}

/** The resources of one configuration by id and by kind; ids are compared without case. */
export class ResourceIndex {
  readonly #byId = new Map<string, IndexedResource>();
  readonly #byOwner = new Map<string, IndexedResource[]>();

  constructor(resources: Iterable<Resource>) {
    for (const { id, properties } of resources) {
      const resource = { id, name: resourceName(id), properties: new Properties(properties) };
      this.#byId.set(id.toLowerCase(), resource);
      const owner = id.slice(0, id.length - resource.name.length - 1).toLowerCase();
      const list = this.#byOwner.get(owner);
      if (list) list.push(resource);
      else this.#byOwner.set(owner, [resource]);
    }
  }

  get(id: string): IndexedResource | undefined {
    return this.#byId.get(id.toLowerCase());
  }

  /** The members of a collection: "/apis", "/apis/echo/operations". */
  in(collection: string): readonly IndexedResource[] {
    return this.#byOwner.get(collection.toLowerCase()) ?? [];
  }
}

/** The first two segments of an id, which own everything below: "/apis/echo". Workspaces add two. */
export function ownerOf(id: string): string {
  const segments = id.split('/');
  return segments
    .slice(0, segments[1]?.toLowerCase() === 'workspaces' ? 5 : 3)
    .join('/')
    .toLowerCase();
}

/** Whether a resource belongs to one API (and so touches that API alone). */
export function isOfApi(id: string): boolean {
  return /^(workspaces\/)?apis(\/|$)/.test(resourceKind(id));
}
