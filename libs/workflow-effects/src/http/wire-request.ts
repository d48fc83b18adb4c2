/** The parts of an address that a request is sent by. */
export interface WireTarget {
  readonly origin: string;
  readonly hostname: string;
  /** With its query. */
  readonly path: string;
}

/** One request on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly target: WireTarget;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body?: Uint8Array;
}

/** Takes an address apart. */
export function wireTarget({ origin, hostname, pathname, search }: URL): WireTarget {
  return { origin, hostname, path: pathname + search };
}
