import { Controller, Get, Inject, Param, Post, HttpCode } from '@nestjs/common';
import { RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { OrchestratorSettings } from '../app.module.js';
import { WorkflowRegistry } from '../definitions/workflow-registry.js';
import { SETTINGS } from '../providers.js';
import { DefinitionsStore, type WorkflowRow } from '../store/definitions.store.js';
import { signedQuery, triggerPermission } from '../triggers/callback-url.js';
import { logicPrefix, workflowId, type ScopeParams } from './addresses.js';

/** Workflows in the shapes of `Microsoft.Logic/workflows`. */
@Controller(logicPrefix)
export class WorkflowsController {
  constructor(
    @Inject(DefinitionsStore) private readonly store: DefinitionsStore,
    @Inject(WorkflowRegistry) private readonly registry: WorkflowRegistry,
    @Inject(SETTINGS) private readonly settings: OrchestratorSettings,
  ) {}

  @Get()
  @RequiresRole('Isthmus.Reader')
  async list(@Param() scope: ScopeParams): Promise<object> {
    const rows = await this.store.workflows();
    return { value: await Promise.all(rows.map((row) => this.#view(scope, row))) };
  }

  @Get(':name')
  @RequiresRole('Isthmus.Reader')
  async get(@Param() params: ScopeParams & { name: string }): Promise<object> {
    return this.#view(params, await this.#row(params.name));
  }

  @Post(':name/triggers/:trigger/listCallbackUrl')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async callbackUrl(
    @Param() params: ScopeParams & { name: string; trigger: string },
  ): Promise<object> {
    const row = await this.#row(params.name);
    const { workflow } = (await this.registry.current(row.name))!;
    const trigger = workflow.plan.triggers.find(
      ({ name }) => name.toLowerCase() === params.trigger.toLowerCase(),
    );
    if (!trigger) {
      throw new ServiceError(
        404,
        'TriggerNotFound',
        `The trigger '${params.trigger}' could not be found.`,
      );
    }
    const base = this.settings.publicUrl ?? `http://${this.settings.host}:${this.settings.port}`;
    const basePath = `${base}/api/${encodeURIComponent(row.name)}/triggers/${encodeURIComponent(trigger.name)}/invoke`;
    const query = signedQuery(row.primary_key, row.name, {
      permission: triggerPermission(trigger.name),
    });
    return {
      value: `${basePath}?${query.toString()}`,
      method: 'POST',
      basePath,
      queries: Object.fromEntries(query),
    };
  }

  async #row(name: string): Promise<WorkflowRow> {
    const row = await this.store.workflow(name);
    if (!row)
      throw new ServiceError(404, 'WorkflowNotFound', `The workflow '${name}' could not be found.`);
    return row;
  }

  async #view(scope: ScopeParams, row: WorkflowRow): Promise<object> {
    const found = await this.registry.current(row.name);
    return {
      id: workflowId(scope, row.name),
      name: row.name,
      type: 'Microsoft.Logic/workflows',
      properties: {
        provisioningState: 'Succeeded',
        createdTime: row.created_at.toISOString(),
        changedTime: row.changed_at.toISOString(),
        state: row.state,
        version: row.version,
        definition: found?.workflow.loaded.definition,
        parameters: {},
      },
    };
  }
}
