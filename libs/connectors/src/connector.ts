import type { Connection } from './connection.js';

/** One call of a connector operation, as the workflow made it. */
export interface OperationCall {
  readonly method: string;
  /** Below the connection's runtime URL, with its leading slash, still percent-encoded. */
  readonly path: string;
  /** The address of the connection as the workflow sees it, without a slash at its end. */
  readonly address?: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer<ArrayBuffer>;
  readonly connection: Connection;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

/** What goes back to the workflow; a body that is neither bytes nor a stream is sent as JSON. */
export interface OperationAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * A connector: the operations of one kind of system, spoken to over HTTP at
 * `/apim/{connector}/{connection}{path}`, the address form of Azure's `connectionRuntimeUrl`.
 */
export interface Connector {
  /** As in `managedApis/{name}` or `customApis/{name}`. */
  readonly name: string;
  /** The OpenAPI 2.0 document of the operations, served at `/apim/{connector}/swagger.json`. */
  readonly swagger: object;
  call(call: OperationCall): Promise<OperationAnswer>;
}

/** A failure with the status and code that the workflow's action must show. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
