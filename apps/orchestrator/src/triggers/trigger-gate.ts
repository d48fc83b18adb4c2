import type { IncomingMessage, ServerResponse } from 'node:http';
import { EntraStrategy, type Claims } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { PlannedTrigger } from '@isthmus/workflow-engine';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { CurrentWorkflow, WorkflowRegistry } from '../definitions/workflow-registry.js';
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

/** A trigger that a call may reach. */
interface Passed {
  readonly workflow: DeployedWorkflow;
  readonly trigger: PlannedTrigger;
}

type Called = CurrentWorkflow & Passed;

/** Whether a call may reach a trigger: address, signature or token, state. */
export class TriggerGate {
  constructor(
    private readonly registry: WorkflowRegistry,
    private readonly runs: RunService,
    private readonly access: CallerAccess,
    private readonly tokens: EntraStrategy,
  ) {}

  /**
   * At once where nothing has to be asked first: a workflow that is known, a caller without a token.
   * @throws ServiceError 401, 403, 404 or 503
   */
  pass(
    address: TriggerAddress,
    request: IncomingMessage,
    response: ServerResponse,
  ): Passed | Promise<Passed> {
    if (!this.runs.isAccepting) throw unavailable(response);
    const { workflow, byId } = address;
    const name = byId ? this.registry.knownName(workflow) : workflow;
    const known = name === undefined ? undefined : this.registry.known(name);
    if (!known) return this.#passLater(address, request, response);
    const called = this.#called(address, known, request);
    return request.headers.authorization === undefined
      ? this.#granted(address, called, false)
      : this.#passByToken(address, called, request);
  }

  async #passLater(
    address: TriggerAddress,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Passed> {
    const found = await this.#current(address).catch((error: unknown) => {
      if (error instanceof ServiceError) throw error;
      throw unavailable(response);
    });
    return this.#passByToken(address, this.#called(address, found, request), request);
  }

  async #passByToken(
    address: TriggerAddress,
    called: Called,
    request: IncomingMessage,
  ): Promise<Passed> {
    const { authorization } = request.headers;
    const { accessControl } = called.workflow.loaded;
    const isToken =
      authorization !== undefined &&
      (await this.#isTokenAccepted(request, authorization, accessControl));
    return this.#granted(address, called, isToken);
  }

  /** The trigger that is meant, where the address of the caller may call it. */
  #called(
    address: TriggerAddress,
    found: CurrentWorkflow | undefined,
    request: IncomingMessage,
  ): Called {
    const wanted = address.trigger.toLowerCase();
    const trigger = found?.workflow.plan.triggers.find(
      ({ name, type }) => type.receive && name.toLowerCase() === wanted,
    );
    if (!found || !trigger) throw workflowNotFound(address.workflow);
    this.#assertAddress(request, found.workflow.loaded.accessControl);
    return { ...found, trigger };
  }

  /** Without a token the signature decides. */
  #granted(address: TriggerAddress, { row, workflow, trigger }: Called, isToken: boolean): Passed {
    const { accessControl } = workflow.loaded;
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
