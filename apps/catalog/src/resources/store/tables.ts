import type { CallTrace } from '@isthmus/contracts';
import type { ColumnType, Generated } from 'kysely';

/** A JSON column: read as a value, written as text, so that the text is ours to choose. */
type Json<T> = ColumnType<T, string, string>;

export type Properties = Readonly<Record<string, unknown>>;

export interface ResourceTable {
  /** The id in lower case: ids are compared without regard to case. */
  key: string;
  id: string;
  type: string;
  /** Key of the owner; empty at the top. */
  parent: string;
  properties: Json<Properties>;
  /** Sealed by the vault; see `secrets.ts`. */
  secrets: Buffer | null;
  /** What only gateways are told beside the properties. */
  published: ColumnType<Properties | null, string | null, string | null>;
  revision: string;
  created_at: Generated<Date>;
  changed_at: Generated<Date>;
}

export interface CatalogTables {
  resource: ResourceTable;
  tombstone: { key: string; id: string; revision: string };
  feed: { epoch: string; revision: string };
  gateway_report: {
    gateway_id: string;
    instance_id: string;
    revision: string;
    version: string;
    applied: boolean;
    failed: Json<unknown[]>;
    reported_at: Generated<Date>;
  };
  call_trace: {
    gateway_id: string;
    trace_id: string;
    trace: Json<CallTrace>;
    recorded_at: Generated<Date>;
  };
}
