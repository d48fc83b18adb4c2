import {
  actionPermission,
  signedQuery,
  triggerPermission,
  type CallbackGrant,
  type UrlForm,
} from './callback-url.js';

/** A workflow that URLs are signed for. */
export interface SignedWorkflow {
  readonly name: string;
  readonly key: string;
}

/** A signed URL and its parts. */
export interface CallbackUrl {
  readonly value: string;
  readonly basePath: string;
  readonly queries: Readonly<Record<string, string>>;
}

/** The path under which the management API of Standard workflows is served. */
export const managementPath = 'runtime/webhooks/workflow/api/management/workflows';

/** The signed URLs of this orchestrator. */
export class CallbackUrls {
  /** @param base the address under which others reach the orchestrator, known when it listens */
  constructor(private readonly base: () => string) {}

  trigger(workflow: SignedWorkflow, trigger: string, expires?: string): CallbackUrl {
    return this.#signed(workflow, {
      path: `api/${encodeURIComponent(workflow.name)}/triggers/${encodeURIComponent(trigger)}/invoke`,
      permission: triggerPermission(trigger),
      expires,
    });
  }

  /** The URL of a trigger in the form of Consumption, which names the workflow by its id. */
  consumptionTrigger(
    workflow: SignedWorkflow & { readonly id: string },
    trigger: string,
    expires?: string,
  ): CallbackUrl {
    return this.#signed(workflow, {
      path: `workflows/${workflow.id}/triggers/${encodeURIComponent(trigger)}/paths/invoke`,
      permission: triggerPermission(trigger),
      expires,
      form: 'consumption',
    });
  }

  action(workflow: SignedWorkflow, runId: string, path: string): string {
    return this.#signed(workflow, {
      path: `api/${encodeURIComponent(workflow.name)}/runs/${runId}/actions/${encodeURIComponent(path)}/callback`,
      permission: actionPermission(runId, path),
    }).value;
  }

  /** Where the caller of an asynchronous Response asks for it. */
  response(workflow: SignedWorkflow, runId: string): string {
    return this.#signed(workflow, {
      path: `api/${encodeURIComponent(workflow.name)}/runs/${runId}/response`,
      permission: responsePermission(runId),
    }).value;
  }

  /** @param path below the workflow, such as `runs/1/actions/A/contents/ActionInputs` */
  content(workflow: SignedWorkflow, path: string, expires: string): string {
    return this.#signed(workflow, {
      path: `${managementPath}/${encodeURIComponent(workflow.name)}/${path.split('/').map(encodeURIComponent).join('/')}`,
      permission: contentPermission(path),
      expires,
    }).value;
  }

  /** @param path below the account, such as `/maps/m/content`; empty: the account itself */
  integrationAccount(account: SignedWorkflow, path: string, expires?: string): string {
    const below = path.split('/').map(encodeURIComponent).join('/');
    return this.#signed(
      { name: `integrationAccounts/${account.name}`, key: account.key },
      {
        path: `integrationAccounts/${encodeURIComponent(account.name)}${below}`,
        permission: artifactPermission(account.name, path),
        expires,
      },
    ).value;
  }

  /** An address of the management API for the next page. */
  at(pathAndQuery: string): string {
    return `${this.base()}${pathAndQuery}`;
  }

  #signed(
    workflow: SignedWorkflow,
    {
      path,
      permission,
      expires,
      form,
    }: { path: string; permission: string; expires?: string | undefined; form?: UrlForm },
  ): CallbackUrl {
    const basePath = `${this.base()}/${path}`;
    const grant: CallbackGrant = { permission, ...(expires === undefined ? {} : { expires }) };
    const query = signedQuery(workflow.key, workflow.name, grant, form);
    return {
      value: `${basePath}?${query.toString()}`,
      basePath,
      queries: Object.fromEntries(query),
    };
  }
}

/** The permission to read the answer of a run. */
export function responsePermission(runId: string): string {
  return `/runs/${runId}/response/read`;
}

/** The permission to read an integration account, or one content of it. */
export function artifactPermission(account: string, path: string): string {
  return `/integrationAccounts/${account}${path}/read`;
}

/** The permission to read one content of the history. */
export function contentPermission(path: string): string {
  return `/${path}/read`;
}
