import type { IncomingMessage, ServerResponse } from 'node:http';
import { EntraStrategy, type Claims } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { PlannedTrigger } from '@isthmus/workflow-engine';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
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
import { assertSigned, notAccepting, notAuthorized, workflowNotFound } from './grant.js';
import type { TriggerAddress } from './trigger-address.js';

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
    address: TriggerAddress,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ workflow: DeployedWorkflow; trigger: PlannedTrigger }> {
    if (!this.runs.isAccepting) throw unavailable(response);
    const found =
      (address.byId ? undefined : this.registry.known(address.workflow)) ??
      (await this.#current(address).catch((error: unknown) => {
        if (error instanceof ServiceError) throw error;
        throw unavailable(response);
      }));
    const wanted = address.trigger.toLowerCase();
    const trigger = found?.workflow.plan.triggers.find(
      ({ name, type }) => type.receive && name.toLowerCase() === wanted,
    );
    if (!found || !trigger) throw workflowNotFound(address.workflow);
    const { row, workflow } = found;
    const { accessControl } = workflow.loaded;
    this.#assertAddress(request, accessControl);
    const { authorization } = request.headers;
    const isToken =
      authorization !== undefined &&
      (await this.#isTokenAccepted(request, authorization, accessControl));
    if (!isToken) {
      if (isSignatureDisabled(accessControl)) throw notAuthorized();
      assertSigned(address.credentials, row, triggerPermission(trigger.name));
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

  async #current({ workflow, byId }: TriggerAddress) {
    const name = byId ? await this.registry.nameOf(workflow) : workflow;
    return name === undefined
      ? undefined
      : (this.registry.known(name) ?? this.registry.current(name));
  }

  #assertAddress(request: IncomingMessage, accessControl: WorkflowObject | undefined): void {
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
    request: IncomingMessage,
    authorization: string,
    accessControl: WorkflowObject | undefined,
  ): Promise<boolean> {
    if (!/^bearer /i.test(authorization)) return false;
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

function unavailable(response: ServerResponse): ServiceError {
  response.setHeader('Retry-After', '5');
  return notAccepting();
}
