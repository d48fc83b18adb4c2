import { SetMetadata } from '@nestjs/common';
import type { Role } from './principal.js';

/** What a route asks of its callers; every route of a guarded service declares one. */
export type Access =
  | { readonly kind: 'role'; readonly role: Role }
  | { readonly kind: 'open'; readonly reason: string };

export const accessKey = 'isthmus.access';

/** The route needs a token with this role or a higher one. On a controller: the default of its routes. */
export const RequiresRole = (role: Role): ClassDecorator & MethodDecorator =>
  SetMetadata(accessKey, { kind: 'role', role } satisfies Access);

/** The route needs no token, for the reason given (it checks another credential, it serves public pages). */
export const OpenRoute = (reason: string): ClassDecorator & MethodDecorator =>
  SetMetadata(accessKey, { kind: 'open', reason } satisfies Access);
