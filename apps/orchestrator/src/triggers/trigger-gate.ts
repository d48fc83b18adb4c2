import { EntraStrategy, type Claims } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { PlannedTrigger } from '@isthmus/workflow-engine';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
import type { Request } from 'express';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { RunService } from '../runner/run-service.js';
import { triggerPermission } from './callback-url.js';
import {
  isAllowed,
  isSignatureDisabled,
  satisfiesPolicies,
  type CallerAccess,
} from './caller-access.js';
import { assertGranted, notAccepting, notAuthorized, workflowNotFound } from './grant.js';

/** Whether a call may reach a trigger: address, signature or token, state. */
export class TriggerGate {
  constructor(
    private readonly registry: WorkflowRegistry,
    private readonly runs: RunService,
    private readonly access: CallerAccess,
    private readonly tokens: EntraStrategy,
  ) {}

  /** @throws ServiceError 401, 403, 404 or 503 */
  async pass(
    params: { readonly workflow: string; readonly trigger: string },
    request: Request,
  ): Promise<{ workflow: DeployedWorkflow; trigger: PlannedTrigger }> {
    if (!this.runs.isAccepting) throw unavailable(request);
    const found = await this.registry.current(params.workflow).catch((error: unknown) => {
      if (error instanceof ServiceError) throw error;
      throw unavailable(request);
    });
    const trigger = found?.workflow.plan.triggers.find(
      ({ name, type }) => type.receive && name.toLowerCase() === params.trigger.toLowerCase(),
    );
    if (!found || !trigger) throw workflowNotFound(params.workflow);
    const { row, workflow } = found;
    const { accessControl } = workflow.loaded;
    this.#assertAddress(request, accessControl);
    if (!(await this.#isTokenAccepted(request, accessControl))) {
      if (isSignatureDisabled(accessControl)) throw notAuthorized();
      assertGranted(request, row, triggerPermission(trigger.name));
    }
    if (row.state !== 'Enabled') {
      throw new ServiceError(
        404,
        'WorkflowTriggerIsNotEnabled',
        `The workflow '${row.name}' is disabled.`,
      );
    }
    return { workflow, trigger };
  }

  #assertAddress(request: Request, accessControl: WorkflowObject | undefined): void {
    const address = this.access.addressOf(request);
    if (this.access.isCaller(address) && isAllowed(accessControl, 'triggers', address)) return;
    throw new ServiceError(
      403,
      'AuthorizationFailed',
      `The client IP address '${address}' is not in the allowed caller IP address ranges.`,
    );
  }

  /** A bearer token counts where the workflow has policies for it; without a token the signature decides. */
  async #isTokenAccepted(
    request: Request,
    accessControl: WorkflowObject | undefined,
  ): Promise<boolean> {
    const { authorization } = request.headers;
    if (authorization === undefined || !/^bearer /i.test(authorization)) return false;
    if (satisfiesPolicies(accessControl, {}) === undefined) return false;
    // Verified first: signature, issuer, audience, tenant, expiry.
    await this.tokens.principal(request);
    const [, payload = ''] = authorization.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    if (satisfiesPolicies(accessControl, claims)) return true;
    throw new ServiceError(
      403,
      'MisMatchingOAuthClaims',
      'One or more claims either missing or does not match with the open authentication access control policy.',
    );
  }
}

function unavailable(request: Request): ServiceError {
  request.res?.setHeader('Retry-After', '5');
  return notAccepting();
}
