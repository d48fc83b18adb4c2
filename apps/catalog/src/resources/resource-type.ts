import type { TSchema } from '@isthmus/contracts';
import type { ResourceId } from './resource-id.js';
import type { Secrets } from './secrets.js';
import type { StoredResource } from './store/resource.store.js';
import type { Properties } from './store/tables.js';
import type { ResourceWriter } from './resource-writer.js';

/** A mistake in what a caller sent, as `error.details` shows it. */
export interface Mistake {
  readonly code?: string;
  /** The member at fault, or the policy element. */
  readonly target: string;
  readonly message: string;
}

/** A write of one resource, as its type's rules see it. */
export interface WriteContext {
  readonly id: ResourceId;
  /** As the caller sent them, merged over the present ones when it was a PATCH. */
  readonly properties: Properties;
  readonly existing: StoredResource | undefined;
  /** The secrets that are stored with it. */
  readonly secrets: Secrets;
  /** Reads the state that this transaction sees, and writes what follows from this write. */
  readonly writer: ResourceWriter;
  readonly report: (mistake: Mistake) => void;
}

/** A delete of one resource. */
export interface DeleteContext {
  readonly resource: StoredResource;
  readonly writer: ResourceWriter;
  /** Query options of the request, such as `deleteSubscriptions=true`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly report: (mistake: Mistake) => void;
}

/** What is stored of a write. */
export interface Prepared {
  readonly properties: Properties;
  /** Kept sealed, never in an answer to GET. Absent: what is stored stays. */
  readonly secrets?: Secrets;
  /** Told to gateways beside the properties. */
  readonly published?: Properties;
  /** What follows once it is stored: resources below it, usually. */
  readonly followUp?: () => Promise<void>;
}

/** What an action (`POST …/listSecrets`) works on. */
export interface ActionContext {
  readonly resource: StoredResource;
  readonly secrets: Secrets;
  readonly body: Properties;
}

/** The outcome of an action: an answer, and the secrets to store if it changed them. */
export interface ActionResult {
  readonly answer: object | undefined;
  readonly secrets?: Secrets;
  readonly published?: Properties;
}

/** One `POST` beside a resource. */
export interface ResourceAction {
  /** Writers only, or admins; nothing that shows or changes secrets is for readers. */
  readonly role: 'Isthmus.Publisher' | 'Isthmus.Admin';
  readonly run: (context: ActionContext) => ActionResult;
}

/** One type of resource of the service: its place, its shape, its rules. */
export interface ResourceType {
  /** As in ARM behind `Microsoft.ApiManagement/service/`. */
  readonly type: string;
  /** For messages: "API", "Product". */
  readonly label: string;
  /** Schema of the properties; members that it does not name are stored as they are. */
  readonly schema?: TSchema;
  /** The only name that the resource may have (`policy`). */
  readonly onlyName?: string;
  /** Properties that name another resource, and its type; stored relative, shown as full ids. */
  readonly references?: Readonly<Record<string, string>>;
  /** The resource is a link to the resource of its own name in this top-level type, and shows its properties. */
  readonly linksTo?: string;
  /** What a write carries of other resources: written first, and taken out of the properties. */
  readonly expand?: (properties: Properties, writer: ResourceWriter) => Promise<Properties>;
  /** Rules beyond the schema; the default stores the properties as they are. */
  readonly prepare?: (context: WriteContext) => Prepared | Promise<Prepared>;
  /** Called before a delete: reports why it cannot be, or deletes what must go first. */
  readonly release?: (context: DeleteContext) => void | Promise<void>;
  /** Gateways get the secrets among the properties. */
  readonly publishesSecrets?: true;
  readonly actions?: Readonly<Record<string, ResourceAction>>;
  /** The properties as shown; default: as stored. `query`: that of the request. */
  readonly present?: (
    properties: Properties,
    query: Readonly<Record<string, unknown>>,
  ) => Properties;
}
