import {
  ForbiddenException,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { accessKey, type Access } from './access.js';
import { EntraStrategy } from './entra.strategy.js';
import { mayActAs, type Principal } from './principal.js';

/** The caller of a guarded route, as the guard leaves it on the request. */
export function principalOfRequest(request: Request): Principal | undefined {
  return (request as Request & { user?: Principal }).user;
}

/** Guards every route of the service: what declares nothing is closed. */
@Injectable()
export class EntraGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly strategy: EntraStrategy,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(accessKey, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access?.kind === 'open') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const principal = await this.strategy.principal(request).catch((error: unknown) => {
      if ((error as { status?: number }).status === 401)
        context
          .switchToHttp()
          .getResponse<Response>()
          .setHeader('WWW-Authenticate', 'Bearer error="invalid_token"');
      throw error;
    });
    if (!access || !mayActAs(principal, access.role))
      throw new ForbiddenException(
        access
          ? `The client '${principal.application}' needs the role ${access.role} for this action.`
          : 'This action is open to nobody.',
      );
    (request as Request & { user?: Principal }).user = principal;
    return true;
  }
}
