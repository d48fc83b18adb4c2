import type { Static, TSchema } from '@sinclair/typebox';

export type HttpMethod = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** What a route takes and gives; every member is a TypeBox schema. */
export interface RouteShape {
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Schema of the success body; absent when the answer has none. */
  readonly response?: TSchema;
  /** Status of success; 200 with a body, 204 without. */
  readonly status?: number;
  /** Error statuses a caller must expect, with the reason for each. */
  readonly errors?: Readonly<Record<number, string>>;
}

/**
 * One HTTP operation between two services, said once: the server's validation, the typed client and
 * the OpenAPI document all follow from this value.
 */
export interface Route<S extends RouteShape = RouteShape> {
  readonly method: HttpMethod;
  /** Template with `:name` segments. */
  readonly path: string;
  readonly operationId: string;
  readonly shape: S;
}

/** Declares a route. The operation id names it in clients and in the OpenAPI document. */
export function route<const S extends RouteShape>(
  method: HttpMethod,
  path: string,
  operationId: string,
  shape: S,
): Route<S> {
  return { method, path, operationId, shape };
}

type Part<S, K extends string> = S extends { [P in K]: infer T extends TSchema }
  ? Static<T>
  : undefined;

/** What a handler of the route receives. */
export interface RouteInput<S extends RouteShape> {
  readonly params: Part<S, 'params'>;
  readonly query: Part<S, 'query'>;
  readonly body: Part<S, 'body'>;
}

/** What a handler of the route returns. */
export type RouteOutput<S extends RouteShape> = S extends { response: infer T extends TSchema }
  ? Static<T>
  : void;

export type InputOf<R> = R extends Route<infer S> ? RouteInput<S> : never;
export type OutputOf<R> = R extends Route<infer S> ? RouteOutput<S> : never;

/** The status of a successful answer. */
export function successStatus(shape: RouteShape): number {
  return shape.status ?? (shape.response ? 200 : 204);
}
