import type { Jwt } from '@isthmus/dotnet';
import { netType } from '../binding/catalogue.js';
import { box } from '../runtime/runtime-type.js';
import { NetAuthorization, NetJwt } from './credentials.js';
import type { ResponseView } from './expression-context.js';
import { NetResponse } from './views.js';

/** The `object` form of a raw value of a C# type: `boxAs('int', 5)`, `boxAs('long', 5n)`. Strings, booleans and class instances stay as they are. */
export function boxAs(type: string, value: unknown): unknown {
  return box(value, netType(type));
}

/** An IResponse for `context.Variables`, as send-request stores it. */
export function netResponse(view: ResponseView): unknown {
  return new NetResponse(view);
}

/** A Jwt for `context.Variables`, as validate-jwt stores it. */
export function netJwt(jwt: Jwt): unknown {
  return new NetJwt(jwt);
}

/** An Authorization for `context.Variables`, as get-authorization-context stores it. */
export function netAuthorization(
  accessToken: string,
  claims: Readonly<Record<string, unknown>>,
): unknown {
  return new NetAuthorization(accessToken, claims);
}
