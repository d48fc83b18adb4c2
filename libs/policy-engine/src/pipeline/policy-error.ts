import type { Headers } from '../model/headers.js';
import type { Scope, Section } from './scope.js';

/** Where a policy stands, for LastError and traces. */
export interface Place {
  /** Element name. */
  readonly source: string;
  readonly scope: Scope;
  readonly section: Section;
  /** `choose[1]/when[2]/set-header[1]`: position among the siblings of the same name. */
  readonly path: string;
  /** The `id` attribute, or the empty string. */
  readonly policyId: string;
}

/** What `context.LastError` shows. */
export interface LastError {
  readonly source: string;
  readonly reason: string;
  readonly message: string;
  readonly scope: string;
  readonly section: string;
  readonly path: string;
  readonly policyId: string;
  readonly httpErrorCode: number;
}

/** The answer that goes out unless on-error makes another one. */
export interface ErrorAnswer {
  readonly statusCode: number;
  readonly statusReason?: string;
  /** Message of the default JSON body; absent: LastError's message. */
  readonly message?: string;
  /** The response at hand (of the backend) stays the pending one. */
  readonly keepResponse?: boolean;
  /** Added to the response. */
  readonly headers?: Headers;
}

/** A failure that enters on-error. Thrown by steps and by the gateway's built-in steps. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  /** Set by the runner of the innermost block. */
  place: Place | undefined;

  constructor(
    readonly reason: string,
    message: string,
    readonly answer: ErrorAnswer = { statusCode: 500, message: 'Internal server error' },
    /** Other than the element's name: `authorization`, `configuration`. */
    readonly source?: string,
  ) {
    super(message);
  }
}
