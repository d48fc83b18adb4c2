import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ServiceError } from '@isthmus/host';
import type { Request } from 'express';
import { WorkflowRegistry } from '../definitions/workflow-registry.js';
import { CallerAccess, isAllowed, type AccessSection } from '../triggers/caller-access.js';

/**
 * Lets only those addresses manage a workflow that `workflowManagement` of its `accessControl` names.
 * The caller's token was judged before.
 */
@Injectable()
export class ManagementAccess implements CanActivate {
  constructor(
    @Inject(WorkflowRegistry) private readonly registry: WorkflowRegistry,
    @Inject(CallerAccess) private readonly access: CallerAccess,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const { name } = request.params;
    if (typeof name !== 'string') return true;
    const found = await this.registry.current(name);
    const accessControl = found?.workflow.loaded.accessControl;
    if (accessControl)
      assertAddress(accessControl, ['workflowManagement'], this.access.addressOf(request));
    return true;
  }
}

/** @throws ServiceError 403 when one of the sections keeps the address out */
export function assertAddress(
  accessControl: Parameters<typeof isAllowed>[0],
  sections: readonly AccessSection[],
  address: string,
): void {
  if (sections.every((section) => isAllowed(accessControl, section, address))) return;
  throw new ServiceError(
    403,
    'AuthorizationFailed',
    `The client IP address '${address}' is not in the allowed caller IP address ranges.`,
  );
}
