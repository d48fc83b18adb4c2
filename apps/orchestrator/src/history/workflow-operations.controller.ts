import { Controller, HttpCode, Inject, Param, Post, Req, UseGuards } from '@nestjs/common';
import { RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import { withMember } from '@isthmus/workflow-expressions';
import type { Request } from 'express';
import { TriggersStore } from '../store/triggers.store.js';
import { TriggerSync } from '../triggers/trigger-sync.js';
import { logicPrefixes, type AddressParams } from './address.js';
import { callbackUrlView } from './callback-url-view.js';
import { Finder } from './find.js';
import { ManagementAccess } from './management-access.js';
import { readJson } from './read-text.js';
import { workflowSwagger } from './workflow-swagger.js';

type Params = AddressParams & { readonly name: string };
type TriggerParams = Params & { readonly trigger: string };

/** The schema version that definitions can be brought to. */
const schemaVersion = '2016-06-01';

/** Operations on workflows and triggers that describe them or set them anew. */
@Controller(logicPrefixes.map((prefix) => `${prefix}/:name`))
@UseGuards(ManagementAccess)
export class WorkflowOperationsController {
  constructor(
    @Inject(Finder) private readonly finder: Finder,
    @Inject(TriggersStore) private readonly triggers: TriggersStore,
    @Inject(TriggerSync) private readonly sync: TriggerSync,
  ) {}

  /** The signed URL of the workflow's request trigger. */
  @Post('listCallbackUrl')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async callbackUrl(@Param() params: Params, @Req() request: Request): Promise<object> {
    const { row, workflow } = await this.finder.deployed(params.name);
    const trigger = workflow.plan.triggers.find(({ type }) => type.receive !== undefined);
    if (!trigger) {
      const message = `The workflow '${row.name}' has no trigger that can be called.`;
      throw new ServiceError(404, 'WorkflowTriggerNotFound', message);
    }
    return callbackUrlView(this.finder.urls, { row, trigger, params }, await readJson(request));
  }

  @Post('listSwagger')
  @HttpCode(200)
  @RequiresRole('Isthmus.Reader')
  async swagger(@Param() params: Params): Promise<object> {
    const { row, workflow } = await this.finder.deployed(params.name);
    const signed = { name: row.name, key: row.primary_key };
    return workflowSwagger(workflow, (trigger) => this.finder.urls.trigger(signed, trigger));
  }

  /** The definition with the schema of the version that the body asks for. */
  @Post('generateUpgradedDefinition')
  @HttpCode(200)
  @RequiresRole('Isthmus.Reader')
  async upgraded(@Param() params: Params, @Req() request: Request): Promise<object> {
    const { workflow } = await this.finder.deployed(params.name);
    const { targetSchemaVersion: target } = await readJson(request);
    if (target !== schemaVersion) {
      throw new ServiceError(
        400,
        'InvalidTargetSchemaVersion',
        `'targetSchemaVersion' must be '${schemaVersion}'.`,
      );
    }
    const schema = `https://schema.management.azure.com/providers/Microsoft.Logic/schemas/${schemaVersion}/workflowdefinition.json#`;
    return withMember(workflow.loaded.definition, '$schema', schema);
  }

  /** Subscriptions and resource groups are not told apart here, so that a move between them is done at once. */
  @Post('move')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async move(@Param() params: Params, @Req() request: Request): Promise<void> {
    const row = await this.finder.workflow(params.name);
    const { id } = await readJson(request);
    const target = typeof id === 'string' ? /\/workflows\/([^/]+)$/i.exec(id)?.[1] : undefined;
    if (target === undefined)
      throw new ServiceError(400, 'InvalidRequestContent', `'id' must be the id of a workflow.`);
    if (target.toLowerCase() === row.name.toLowerCase()) return;
    throw new ServiceError(
      400,
      'WorkflowMoveNotSupported',
      `A workflow keeps its name when it is moved; deploy '${target}' as a workflow of its own.`,
    );
  }

  /** Forgets what the trigger has seen, and begins its recurrence anew. */
  @Post('triggers/:trigger/reset')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async reset(@Param() params: TriggerParams): Promise<void> {
    const { row, trigger } = await this.finder.trigger(params.name, params.trigger);
    await this.triggers.reset(row.name, trigger.name);
    await this.sync.sync(row);
  }

  /** Takes over what the trigger of another workflow has seen: `source` is `{ id }` or `{ flowName, triggerName }`. */
  @Post('triggers/:trigger/setState')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async setState(@Param() params: TriggerParams, @Req() request: Request): Promise<void> {
    const { row, trigger } = await this.finder.trigger(params.name, params.trigger);
    const source = sourceOf(await readJson(request));
    const from = await this.finder.trigger(source.workflow, source.trigger);
    const copied = await this.triggers.copyState(
      { workflow: from.row.name, name: from.trigger.name },
      { workflow: row.name, name: trigger.name },
    );
    if (copied) return;
    throw new ServiceError(
      400,
      'WorkflowTriggerStateNotSupported',
      `The triggers '${from.trigger.name}' and '${trigger.name}' have no state of the same kind.`,
    );
  }
}

function sourceOf(body: Readonly<Record<string, unknown>>): { workflow: string; trigger: string } {
  const { id, flowName, triggerName } = (body['source'] ?? {}) as Record<string, unknown>;
  const [, byId, triggerById] =
    /\/workflows\/([^/]+)\/triggers\/([^/]+)$/i.exec(typeof id === 'string' ? id : '') ?? [];
  const workflow = typeof flowName === 'string' ? flowName : byId;
  const trigger = typeof triggerName === 'string' ? triggerName : triggerById;
  if (workflow !== undefined && trigger !== undefined) return { workflow, trigger };
  throw new ServiceError(
    400,
    'InvalidRequestContent',
    `'source' must name a trigger by 'id', or by 'flowName' and 'triggerName'.`,
  );
}
