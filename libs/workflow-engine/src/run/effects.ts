import type { WorkflowObject, WorkflowValue } from '@isthmus/workflow-expressions';

/** A request as an action asks for it; the body is still a value, encoded by whoever sends it. */
export interface CallRequest {
  readonly method: string;
  /**
   * With its query. Absolute for `http`; for the other kinds a path below the connection's address, or absolute
   * (polling a `Location`).
   */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: no body. Text is sent as it is, an envelope as its bytes, anything else as JSON. */
  readonly body?: WorkflowValue;
  readonly cookie?: string;
  /** The authentication object of the action, evaluated. */
  readonly authentication?: WorkflowObject;
}

interface EffectFrame {
  /** Unique within the run: `<path>#<number>`; an outcome names it. */
  readonly id: string;
  /** The action that asked. */
  readonly path: string;
  /** `<run id>:<path>`: sent to the other side, kept across retries and take-overs. */
  readonly idempotencyKey: string;
  /** Milliseconds after which the host gives up with the failure code `RequestTimeout`. */
  readonly timeout: number;
  /** Pages to follow and items wanted, from `runtimeConfiguration.paginationPolicy`. */
  readonly pagination?: { readonly minimumItemCount: number };
  /** `runtimeConfiguration.contentTransfer.transferMode` is `Chunked`. */
  readonly chunked?: boolean;
  /** `operationOptions` holds `SuppressWorkflowHeaders`. */
  readonly suppressWorkflowHeaders?: boolean;
}

/** A call to any address (Http, HttpWebhook). Redirects of GET and HEAD are followed by the host. */
export interface HttpEffect extends EffectFrame {
  readonly kind: 'http';
  readonly request: CallRequest;
}

/** A call through a managed or custom connector's connection (ApiConnection, ApiConnectionWebhook). */
export interface ConnectorEffect extends EffectFrame {
  readonly kind: 'connector';
  /** `referenceName` of connections.json, or the connection id of a Consumption definition. */
  readonly connection: string;
  readonly request: CallRequest;
}

/** An operation of a built-in connector. */
export interface ServiceProviderEffect extends EffectFrame {
  readonly kind: 'service-provider';
  readonly connection: string;
  readonly serviceProviderId: string;
  readonly operationId: string;
  readonly parameters: WorkflowObject;
}

/** A call to an Azure Function: by resource id, by function connection, or a local function by its name. */
export interface FunctionEffect extends EffectFrame {
  readonly kind: 'function';
  readonly function: { readonly id?: string; readonly connection?: string; readonly name?: string };
  readonly request: CallRequest;
}

/** A call to an API of API Management: by resource id or by API Management connection. */
export interface ApiManagementEffect extends EffectFrame {
  readonly kind: 'api-management';
  readonly api: { readonly id?: string; readonly connection?: string };
  readonly subscriptionKey?: string;
  readonly request: CallRequest;
}

/**
 * A call to another workflow's request trigger. The outcome is the child's Response; 502 `NoResponse` when it ends
 * without one.
 */
export interface WorkflowEffect extends EffectFrame {
  readonly kind: 'workflow';
  /** Resource id (Consumption) or name (Standard). */
  readonly workflow: string;
  readonly triggerName?: string;
  readonly request: Omit<CallRequest, 'uri' | 'method'> & {
    readonly method?: string;
    readonly queries?: Readonly<Record<string, string>>;
  };
  /** Of a child whose Response is asynchronous the caller wants the 202 only. */
  readonly disableAsyncPattern?: true;
}

/** A message for a batch trigger of another workflow. */
export interface BatchMessageEffect extends EffectFrame {
  readonly kind: 'batch-message';
  readonly workflow: string;
  readonly triggerName: string;
  readonly batchName: string;
  readonly partitionName?: string;
  readonly messageId?: string;
  readonly content: WorkflowValue;
  readonly contentType?: string;
}

/** Code of a JavaScriptCode action, run in another process without secrets. The outcome is its value. */
export interface JavaScriptEffect extends EffectFrame {
  readonly kind: 'javascript';
  readonly code: string;
  /** `workflowContext` of the code: `actions`, `trigger`, `workflow`. */
  readonly workflowContext: WorkflowObject;
  readonly limits: { readonly milliseconds: number; readonly characters: number };
}

/** What the engine asks the host for and waits on. */
export type CallEffect =
  | HttpEffect
  | ConnectorEffect
  | ServiceProviderEffect
  | FunctionEffect
  | ApiManagementEffect
  | WorkflowEffect
  | BatchMessageEffect
  | JavaScriptEffect;

/** What the caller of a run gets, from a Response action. */
export interface ResponseMessage {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: an empty body. */
  readonly body?: WorkflowValue;
}

/** Answer the caller; nothing comes back. Also found in the state, for a host that takes the run over. */
export interface RespondEffect {
  readonly kind: 'respond';
  readonly path: string;
  readonly response: ResponseMessage;
  /** The Response has the option Asynchronous: the caller has 202 and polls. */
  readonly asynchronous: boolean;
}

/** Give up a call whose outcome nobody waits for any longer. */
export interface AbortEffect {
  readonly kind: 'abort';
  readonly id: string;
}

/** A call whose outcome is not awaited, such as the unsubscribe call of a webhook. */
export interface NotifyEffect {
  readonly kind: 'notify';
  readonly call: HttpEffect | ConnectorEffect;
}

/**
 * I/O that the engine asks its host for. Timers are no effects: a pending timer is a fact of the state, and
 * `advance` returns the time at which it wants to be called again.
 */
export type Effect = CallEffect | RespondEffect | AbortEffect | NotifyEffect;

/** A complete answer of the other side, whatever its status. */
export interface ResponseOutcome {
  readonly kind: 'response';
  readonly effectId: string;
  readonly statusCode: number;
  /** Names as .NET spells them, repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded as `decodeContent` does; absent when the body is empty. */
  readonly body?: WorkflowValue;
}

/** The value of JavaScript code or of a built-in operation. */
export interface ValueOutcome {
  readonly kind: 'value';
  readonly effectId: string;
  readonly value: WorkflowValue;
}

/** No usable answer: not resolved, refused, broken off, timed out, not decodable, refused by a guard. */
export interface FailureOutcome {
  readonly kind: 'failure';
  readonly effectId: string;
  /** Such as `UnresolvableHostName`; becomes the code of the action. */
  readonly code: string;
  readonly message: string;
  /** The message with `{0}`, `{1}` … instead of what was put in. */
  readonly messageTemplate?: string;
  /** The retry policy applies (connectivity), or it does not (bad inputs, undecodable answer). */
  readonly retryable: boolean;
}

export type EffectOutcome = ResponseOutcome | ValueOutcome | FailureOutcome;

/** A call to the callback URL of a waiting webhook action. */
export interface CallbackSignal {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly queries?: Readonly<Record<string, string>>;
  readonly body?: WorkflowValue;
}
