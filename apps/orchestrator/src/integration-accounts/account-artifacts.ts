import type { Artifacts } from '@isthmus/workflow-engine';
import {
  isObject,
  memberOf,
  objectOf,
  parseJson,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { ArtifactRow, IntegrationAccountsStore } from '../store/integration-accounts.store.js';
import { kindOfPath } from './artifact-kinds.js';

/** What is known of an account may be so old, in milliseconds, when a run begins or goes on. */
const freshMs = 1000;

interface Known {
  readonly stamp: string;
  /** By kind and lower-case name. */
  readonly entries: ReadonlyMap<string, WorkflowObject>;
  readAt: number;
}

/** The maps, schemas and metadata that workflows read out of integration accounts, in memory. */
export class AccountArtifacts {
  readonly #known = new Map<string, Known>();

  constructor(private readonly store: IntegrationAccountsStore) {}

  /** Reads an account again when what is known of it is old. Awaited before a run of its workflows begins. */
  async refresh(account: string): Promise<void> {
    const key = account.toLowerCase();
    const known = this.#known.get(key);
    if (known && Date.now() - known.readAt < freshMs) return;
    const stamp = await this.store.stamp(account);
    if (known?.stamp === stamp) {
      known.readAt = Date.now();
      return;
    }
    const row = await this.store.account(account);
    const rows = row ? await this.store.artifacts(row.name) : [];
    const entries = new Map(
      rows.map((one) => [`${one.kind}/${one.name.toLowerCase()}`, view(one)]),
    );
    this.#known.set(key, { stamp, entries, readAt: Date.now() });
  }

  /** After a change on this replica. */
  forget(account: string): void {
    this.#known.delete(account.toLowerCase());
  }

  /**
   * The configurations of a group of batches, by name, as a batch trigger has them inline; the account must have been
   * refreshed.
   * @param group undefined: of all groups
   */
  batches(account: string, group: string | undefined): WorkflowObject {
    const found: [string, WorkflowValue][] = [];
    for (const [key, entry] of this.#known.get(account.toLowerCase())?.entries ?? []) {
      const properties = memberOf(entry, 'properties');
      if (!key.startsWith('batchConfigurations/') || !isObject(properties)) continue;
      const own = textOf(memberOf(properties, 'batchGroupName') ?? null);
      if (group === undefined || own.toLowerCase() === group.toLowerCase())
        found.push([textOf(memberOf(entry, 'name') ?? null), properties]);
    }
    return objectOf(found);
  }

  /** What actions read; the account must have been refreshed. */
  of(account: string): Artifacts {
    const find = (kind: string, name: string) =>
      this.#known.get(account.toLowerCase())?.entries.get(`${kind}/${name.toLowerCase()}`);
    const text = (kind: string) => (name: string) => {
      const properties = memberOf(find(kind, name) ?? {}, 'properties');
      const content = isObject(properties) ? memberOf(properties, 'content') : undefined;
      return typeof content === 'string' ? content : undefined;
    };
    return {
      map: text('maps'),
      schema: text('schemas'),
      lookup: (type, name) => find(`${type.toLowerCase()}s`, name),
    };
  }
}

function view({ kind, name, body }: ArtifactRow): WorkflowObject {
  const resource = parseJson(body);
  const properties = isObject(resource) ? (memberOf(resource, 'properties') ?? {}) : {};
  return { name, type: kindOfPath(kind)?.artifactType ?? kind, properties };
}
