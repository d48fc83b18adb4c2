import type { FakeBackend } from '../ports/resources.js';

/** A case about policies, as written in `*.cases.yaml`. One document or section piece, what comes in, what must come out. */
export interface PolicyCase {
  readonly name: string;
  /** Where the expectation comes from, when it is documented or observed. */
  readonly source?: string;
  /** Policies of one section (`section`, default inbound), without the frame. */
  readonly policy?: string;
  readonly section?: 'inbound' | 'backend' | 'outbound' | 'on-error';
  /** Whole documents by scope; instead of `policy`. A name of a file is read by the caller. */
  readonly documents?: Partial<
    Record<'global' | 'workspace' | 'product' | 'api' | 'operation', string>
  >;
  readonly fragments?: Readonly<Record<string, string>>;
  readonly namedValues?: Readonly<Record<string, string>>;
  readonly schemas?: Readonly<
    Record<string, { readonly type: 'json' | 'xml'; readonly text: string }>
  >;
  readonly given?: Given;
  readonly expect?: Expected;
  /** Several requests, one after the other, on the same counters and caches. */
  readonly steps?: readonly CaseStep[];
}

export interface CaseStep {
  readonly given?: Given;
  readonly expect?: Expected;
  /** Seconds that pass before the step. */
  readonly after?: number;
}

/** Header values: one, or several. */
export type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

export interface GivenMessage {
  readonly headers?: HeaderValues;
  readonly body?: string;
  /** A body in JSON, with its content type. */
  readonly json?: unknown;
}

export interface GivenRequest extends GivenMessage {
  readonly method?: string;
  /** Path below the API, with query. Default `/`. */
  readonly path?: string;
  readonly ipAddress?: string;
  readonly certificate?: GivenCertificate;
}

/** The certificate that the caller shows. */
export interface GivenCertificate {
  /** The certificate, then its issuers. */
  readonly pem: string;
  /** Whether the listener trusts it. Default true. */
  readonly trusted?: boolean;
}

export interface GivenResponse extends GivenMessage {
  readonly status?: number;
  readonly reason?: string;
  /** No answer comes. */
  readonly fails?: 'Timeout' | 'BackendConnectionFailure' | 'ClientConnectionFailure';
}

/** The world around a request. */
export interface Given {
  readonly request?: GivenRequest;
  /** The backend's answers: one a call, the last repeats. Default 200 with an empty body. */
  readonly backend?: GivenResponse | readonly GivenResponse[];
  /** Answers of other services (send-request), the same way. */
  readonly http?: GivenResponse | readonly GivenResponse[];
  /** Strings, numbers, booleans; objects become JSON. */
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly matchedParameters?: Readonly<Record<string, string>>;
  readonly operation?: {
    readonly id?: string;
    readonly method?: string;
    readonly urlTemplate?: string;
    readonly definition?: unknown;
  };
  readonly api?: {
    readonly id?: string;
    readonly name?: string;
    readonly path?: string;
    readonly serviceUrl?: string;
    readonly version?: string;
    /** Makes it a GraphQL API; with resolvers it has no other backend. */
    readonly graphql?: GivenGraphql;
  };
  readonly product?: { readonly id: string; readonly name?: string };
  readonly subscription?: { readonly id: string; readonly name?: string };
  readonly user?: { readonly id: string; readonly groups?: readonly string[] };
  /** Backend entities by id: their URL, or more about them. */
  readonly backends?: Readonly<Record<string, string | FakeBackend>>;
  /** Certificates of the gateway by id, as PEM. */
  readonly certificates?: Readonly<Record<string, string>>;
  /** OpenID providers by discovery URL. */
  readonly keySets?: Readonly<
    Record<string, { readonly issuer: string; readonly keys: readonly Record<string, unknown>[] }>
  >;
  readonly authorizations?: Readonly<
    Record<
      string,
      { readonly accessToken: string; readonly claims: Readonly<Record<string, unknown>> }
    >
  >;
  /** Time of the gateway, ISO 8601. */
  readonly now?: string;
  readonly tracing?: boolean;
}

/** A GraphQL schema, and resolver documents by `Type/field`. */
export interface GivenGraphql {
  readonly schema: string;
  readonly resolvers?: Readonly<Record<string, string>>;
}

/** Null: must be absent. `matches`: regular expression. */
export type TextExpectation = string | null | { readonly matches: string };

export interface ExpectedMessage {
  readonly headers?: Readonly<Record<string, TextExpectation | readonly string[]>>;
  readonly body?: TextExpectation;
  readonly json?: unknown;
}

/** What is listed is compared, nothing else. */
export interface Expected {
  /** Mistakes of the document, in order: parts of their texts. */
  readonly problems?: readonly (
    | string
    | {
        readonly code?: string;
        readonly line?: number;
        readonly column?: number;
        readonly message?: string;
        readonly hint?: string;
      }
  )[];
  readonly request?: ExpectedMessage & { readonly method?: string; readonly url?: TextExpectation };
  readonly response?: ExpectedMessage & { readonly status?: number; readonly reason?: string };
  /** Shorthand for `response.status`. */
  readonly status?: number;
  /** As text; null: not set. */
  readonly variables?: Readonly<Record<string, TextExpectation>>;
  readonly error?: Partial<
    Record<
      'source' | 'reason' | 'message' | 'section' | 'scope' | 'path' | 'policyId',
      TextExpectation
    >
  >;
  /** Calls that the backend saw. */
  readonly backend?: readonly (ExpectedMessage & {
    readonly method?: string;
    readonly url?: TextExpectation;
  })[];
  /** Calls to other services; `timeout` in milliseconds. */
  readonly http?: readonly (ExpectedMessage & {
    readonly method?: string;
    readonly url?: TextExpectation;
    readonly timeout?: number;
  })[];
  /** Options of each forward-request, as far as listed. */
  readonly forward?: readonly Readonly<Record<string, unknown>>[];
  /** What set-backend-service chose, as far as listed. */
  readonly target?: Readonly<Record<string, unknown>>;
  /** What authentication-certificate chose. */
  readonly certificate?: Readonly<Record<string, unknown>>;
  readonly events?: readonly Readonly<Record<string, unknown>>[];
  readonly messages?: readonly Readonly<Record<string, unknown>>[];
  /** What publish-event published: `topic` {apiId, field} and `payload`. */
  readonly published?: readonly Readonly<Record<string, unknown>>[];
  readonly metrics?: readonly Readonly<Record<string, unknown>>[];
  readonly traces?: readonly Readonly<Record<string, unknown>>[];
  /** Seconds that were slept between attempts. */
  readonly slept?: readonly number[];
}
