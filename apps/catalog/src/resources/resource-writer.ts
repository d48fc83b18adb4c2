import { validate, type AppliedResources } from '@isthmus/contracts';
import { relativeReference } from '@isthmus/artifacts';
import { ServiceError } from '@isthmus/host';
import { checkPreconditions, type Preconditions } from './preconditions.js';
import { parseResourceId, splitRevision, type ResourceId } from './resource-id.js';
import type { Mistake, Prepared, ResourceType } from './resource-type.js';
import type { Vault } from './secrets.js';
import type { ResourceStore, StoredResource } from './store/resource.store.js';
import type { Properties } from './store/tables.js';

/** How one resource is written. */
export interface WriteOptions extends Preconditions {
  /** PATCH: the resource must exist, and what is not given stays. */
  readonly merge?: boolean;
}

type Outcome = { -readonly [K in keyof AppliedResources]: AppliedResources[K] };

/**
 * Writes resources in one transaction and keeps the list of what is wrong with them. Nothing is thrown for mistakes in
 * a resource: the caller looks at `mistakes`, so that a whole folder is judged at once.
 */
export class ResourceWriter {
  readonly outcome: Outcome = { created: [], updated: [], deleted: [], unchanged: 0 };
  readonly mistakes: (Mistake & { readonly id: string })[] = [];
  /** Ids written or deleted so far; what depends on them is checked at the end. */
  readonly touched = new Set<string>();

  constructor(
    readonly store: ResourceStore,
    private readonly revision: number,
    private readonly vault: Vault,
    private readonly types: ReadonlyMap<string, ResourceType>,
  ) {}

  /**
   * The id under which a resource is stored: the current revision of an API may be named with or without its number.
   * @throws ServiceError 404 for a type that the service does not have
   */
  async resolve(id: string): Promise<{ id: ResourceId; type: ResourceType }> {
    const parsed = parseResourceId(await withoutCurrentRevision(id, this.store));
    const type = this.types.get(parsed.type.toLowerCase());
    if (!type)
      throw new ServiceError(
        404,
        'InvalidResourceType',
        /^workspaces(\/|$)/i.test(parsed.type)
          ? 'Workspaces are not kept by the catalog; serve the folder with "isthmus gateway --config", or give what is in the workspace to the service.'
          : `The resource type '${parsed.type}' is not known here.`,
      );
    return { id: canonical(parsed, type), type };
  }

  async find(id: string): Promise<StoredResource | undefined> {
    return this.store.find(await withoutCurrentRevision(id, this.store));
  }

  /** Writes a resource; mistakes are collected, failed preconditions thrown. Returns whether it is new. */
  async write(
    address: string,
    given: Properties,
    options: WriteOptions = {},
  ): Promise<'created' | 'updated' | 'wrong'> {
    const { id, type } = await this.resolve(address);
    const report = (mistake: Mistake): void => void this.mistakes.push({ id: id.id, ...mistake });
    const existing = await this.store.find(id.id);
    checkPreconditions(existing, options, options.merge === true, type.label);
    const before = this.mistakes.length;
    if (type.onlyName !== undefined && id.name.toLowerCase() !== type.onlyName)
      report({ target: 'name', message: `The only name here is '${type.onlyName}'.` });
    if (id.parent !== '' && !(await this.store.find(id.parent)))
      report({ target: 'id', message: `'${id.parent}', to which it belongs, does not exist.` });
    const merged =
      options.merge && existing ? merge({ ...existing.properties }, given) : { ...given };
    const own = type.expand ? { ...(await type.expand(merged, this)) } : merged;
    const properties = await this.#settleReferences(type, own, report);
    if (type.linksTo !== undefined && !(await this.store.find(`/${type.linksTo}/${id.name}`)))
      report({ target: 'name', message: `'/${type.linksTo}/${id.name}' does not exist.` });
    this.#checkSchema(type, properties, report);
    if (this.mistakes.length > before) return 'wrong';
    const secrets = this.vault.open(id.id, existing?.secrets);
    const prepared = (await type.prepare?.({
      ...{ id, properties, existing, secrets, report },
      writer: this,
    })) ?? { properties };
    if (this.mistakes.length > before) return 'wrong';
    await this.#store(id, prepared, existing);
    await prepared.followUp?.();
    return existing ? 'updated' : 'created';
  }

  /** Deletes a resource with everything below it and all links to it. */
  async remove(
    address: string,
    options: Preconditions & { readonly query?: Readonly<Record<string, unknown>> } = {},
  ): Promise<boolean> {
    const { id, type } = await this.resolve(address);
    const resource = await this.store.find(id.id);
    if (!resource) return false;
    checkPreconditions(resource, options, true, type.label);
    const report = (mistake: Mistake): void => void this.mistakes.push({ id: id.id, ...mistake });
    await type.release?.({ resource, writer: this, options: options.query ?? {}, report });
    const linking = [...this.types.values()].filter((one) => one.linksTo === resource.type);
    const links =
      linking.length === 0 ? [] : await this.store.ofType(...linking.map((one) => one.type));
    const gone = [
      ...(await this.store.subtree(id.id)),
      ...links.filter((link) => link.key.endsWith(`/${id.name.toLowerCase()}`)),
    ];
    await this.store.remove(gone, this.revision);
    for (const one of gone) this.touched.add(one.id);
    this.outcome.deleted.push(...gone.map((one) => one.id));
    return true;
  }

  /** Moves a resource with everything below it to another id, as a release does with revisions. */
  async replaceSubtree(target: string, source: readonly StoredResource[]): Promise<void> {
    const root = source[0];
    if (!root) return;
    const move = (text: string): string => target + text.slice(root.id.length);
    for (const one of source) {
      const id = move(one.id);
      const secrets = one.secrets && this.vault.seal(id, this.vault.open(one.id, one.secrets));
      const { key, type, parent } = parseResourceId(id);
      await this.store.put(
        { ...one, id, key, type, parent: parent.toLowerCase(), secrets },
        this.revision,
      );
      this.touched.add(id);
      this.outcome.updated.push(id);
    }
  }

  async removeStored(resources: readonly StoredResource[]): Promise<void> {
    await this.store.remove(resources, this.revision);
    for (const one of resources) this.touched.add(one.id);
  }

  /** Stores properties as they are, past the type's rules: for what the rules themselves decide about other resources. */
  async overwrite(resource: StoredResource, properties: Properties): Promise<void> {
    await this.store.put({ ...resource, properties }, this.revision);
    this.touched.add(resource.id);
  }

  async #store(
    id: ResourceId,
    prepared: Prepared,
    existing: StoredResource | undefined,
  ): Promise<void> {
    const oldSecrets = this.vault.open(id.id, existing?.secrets);
    const secrets = prepared.secrets ?? oldSecrets;
    const published = prepared.published ?? existing?.published;
    const { id: name, key, type, parent } = id;
    const same =
      existing !== undefined &&
      sameJson(existing.properties, prepared.properties) &&
      sameJson(existing.published, published) &&
      sameJson(oldSecrets, secrets);
    if (same) {
      this.outcome.unchanged += 1;
      return;
    }
    await this.store.put(
      {
        ...{ id: existing?.id ?? name, key, type, parent: parent.toLowerCase(), published },
        properties: prepared.properties,
        secrets: Object.keys(secrets).length > 0 ? this.vault.seal(name, secrets) : undefined,
      },
      this.revision,
    );
    this.touched.add(name);
    this.outcome[existing ? 'updated' : 'created'].push(existing?.id ?? name);
  }

  /** References become service-relative and must lead to something of the right type. */
  async #settleReferences(
    type: ResourceType,
    properties: Record<string, unknown>,
    report: (mistake: Mistake) => void,
  ): Promise<Properties> {
    for (const [member, target] of Object.entries(type.references ?? {})) {
      const value = properties[member];
      if (typeof value !== 'string' || value === '') continue;
      const reference = relativeReference(value);
      properties[member] = reference;
      const wanted = new RegExp(`^/${target}/[^/]+$`, 'i');
      if (!wanted.test(reference) || !(await this.find(reference)))
        report({ target: member, message: `'${value}' does not exist in ${target}.` });
    }
    return properties;
  }

  #checkSchema(
    type: ResourceType,
    properties: Properties,
    report: (mistake: Mistake) => void,
  ): void {
    if (!type.schema) return;
    const checked = validate(type.schema, properties);
    if (checked.ok) return;
    for (const { target, message } of checked.details)
      report({ target: target === '/' ? 'properties' : target.slice(1), message });
  }
}

/** `/apis/x;rev=2/…` is `/apis/x/…` when 2 is the current revision. */
async function withoutCurrentRevision(id: string, store: ResourceStore): Promise<string> {
  const match = /^\/apis\/([^/]+)(.*)$/is.exec(id);
  if (!match) return id;
  const { name, revision } = splitRevision(match[1]!);
  if (revision === undefined) return id;
  const current = await store.find(`/apis/${name}`);
  return current?.properties['apiRevision'] === revision ? `/apis/${name}${match[2] ?? ''}` : id;
}

/** Collections as ARM spells them, names as the caller does. */
function canonical(id: ResourceId, { type }: ResourceType): ResourceId {
  const collections = type.split('/');
  const spell = (text: string): string =>
    text
      .split('/')
      .map((segment, index) =>
        index % 2 === 1 ? (collections[(index - 1) / 2] ?? segment) : segment,
      )
      .join('/');
  return { ...id, id: spell(id.id), parent: spell(id.parent), type };
}

/** PATCH as ARM does it: nested objects are merged, null removes a member. */
function merge(into: Record<string, unknown>, given: Properties): Record<string, unknown> {
  for (const [name, value] of Object.entries(given)) {
    const present = Object.hasOwn(into, name) ? into[name] : undefined;
    if (value === null) delete into[name];
    else if (isRecord(value) && isRecord(present)) into[name] = merge({ ...present }, value);
    else
      Object.defineProperty(into, name, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
  }
  return into;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
