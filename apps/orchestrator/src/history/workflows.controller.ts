import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { Request, Response } from 'express';
import { WorkflowDeployer } from '../definitions/workflow-deployer.js';
import { WorkflowRegistry } from '../definitions/workflow-registry.js';
import { DefinitionsStore, type WorkflowRow } from '../store/definitions.store.js';
import { identityOf, logicPrefixes, type AddressParams } from './address.js';
import { Finder } from './find.js';
import { ManagementAccess } from './management-access.js';
import { pageOf, skipOf, sliceOf, topOf, type ListQuery } from './paging.js';
import { readJson, readText } from './read-text.js';
import { versionDifferences } from './version-differences.js';
import { versionView, workflowView } from './workflow-views.js';

type WorkflowParams = AddressParams & { readonly name: string };
type VersionParams = WorkflowParams & { readonly version: string };

/** Workflows and their versions in the shapes of `Microsoft.Logic/workflows`. */
@Controller([...logicPrefixes, 'subscriptions/:subscription/providers/Microsoft.Logic/workflows'])
@UseGuards(ManagementAccess)
export class WorkflowsController {
  constructor(
    @Inject(DefinitionsStore) private readonly store: DefinitionsStore,
    @Inject(WorkflowRegistry) private readonly registry: WorkflowRegistry,
    @Inject(WorkflowDeployer) private readonly deployer: WorkflowDeployer,
    @Inject(Finder) private readonly finder: Finder,
  ) {}

  @Get()
  @RequiresRole('Isthmus.Reader')
  async list(
    @Param() params: AddressParams,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    const top = topOf(query);
    const after = skipOf(query);
    const state = stateFilter(query['$filter']);
    const rows = await this.store.workflows({
      top: top + 1,
      ...(state !== undefined && { state }),
      ...(after !== undefined && { after }),
    });
    const page = { top, request, base: this.finder.urls.at('') };
    const { rows: shown, next } = pageOf(rows, page, ({ name }) => name);
    const value = await Promise.all(shown.map((row) => this.#view(params, row)));
    return { value, ...next };
  }

  @Get(':name')
  @RequiresRole('Isthmus.Reader')
  async get(@Param() params: WorkflowParams): Promise<object> {
    return this.#view(params, await this.finder.workflow(params.name));
  }

  @Put(':name')
  @RequiresRole('Isthmus.Publisher')
  async put(
    @Param() params: WorkflowParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    assertName(params.name);
    const { row, isNew } = await this.deployer.put(params.name, await readText(request));
    response.status(isNew ? 201 : 200);
    return this.#view(params, row);
  }

  /** Only the state can be changed by itself. */
  @Patch(':name')
  @RequiresRole('Isthmus.Publisher')
  async patch(@Param() params: WorkflowParams, @Req() request: Request): Promise<object> {
    const row = await this.finder.workflow(params.name);
    const state = stateOf(await readText(request));
    if (state && state !== row.state) await this.deployer.setState(row, state);
    return this.#view(params, { ...row, ...(state && { state }) });
  }

  @Delete(':name')
  @RequiresRole('Isthmus.Publisher')
  async remove(
    @Param() { name }: WorkflowParams,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const row = await this.store.workflow(name);
    response.status(row ? 200 : 204);
    if (row) await this.deployer.remove(row);
  }

  @Post(':name/enable')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async enable(@Param() { name }: WorkflowParams): Promise<void> {
    await this.deployer.setState(await this.finder.workflow(name), 'Enabled');
  }

  @Post(':name/disable')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async disable(@Param() { name }: WorkflowParams): Promise<void> {
    await this.deployer.setState(await this.finder.workflow(name), 'Disabled');
  }

  @Post(':name/validate')
  @HttpCode(200)
  @RequiresRole('Isthmus.Reader')
  async validate(@Param() { name }: WorkflowParams, @Req() request: Request): Promise<void> {
    await this.deployer.validate(name, await readText(request));
  }

  @Post(':name/regenerateAccessKey')
  @HttpCode(200)
  @RequiresRole('Isthmus.Admin')
  async regenerateKey(@Param() { name }: WorkflowParams, @Req() request: Request): Promise<void> {
    const { keyType } = await readJson(request);
    if (keyType !== 'Primary' && keyType !== 'Secondary')
      throw new ServiceError(400, 'InvalidKeyType', `'keyType' must be Primary or Secondary.`);
    await this.deployer.regenerateKey(await this.finder.workflow(name), keyType);
  }

  @Get(':name/versions')
  @RequiresRole('Isthmus.Reader')
  async versions(
    @Param() params: WorkflowParams,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    const { name } = await this.finder.workflow(params.name);
    const page = { request, base: this.finder.urls.at('') };
    const { rows, next } = sliceOf(await this.store.versions(name), query, page);
    const value = rows.map(({ version, created_at: createdAt }) => ({
      ...identityOf(params, { path: `${name}/versions/${version}`, kind: '/versions' }),
      properties: {
        version,
        createdTime: createdAt.toISOString(),
        changedTime: createdAt.toISOString(),
      },
    }));
    return { value, ...next };
  }

  @Get(':name/versions/:version')
  @RequiresRole('Isthmus.Reader')
  async version(@Param() params: VersionParams): Promise<object> {
    const { row, workflow } = await this.#version(params);
    return versionView(params, row, workflow);
  }

  /** What differs between two versions, place by place. */
  @Get(':name/versions/:version/differences/:other')
  @RequiresRole('Isthmus.Reader')
  async difference(@Param() params: VersionParams & { other: string }): Promise<object> {
    const [one, two] = await Promise.all([
      this.#version(params),
      this.#version({ ...params, version: params.other }),
    ]);
    const value = versionDifferences(
      one.workflow.loaded.definition,
      two.workflow.loaded.definition,
    );
    return { value };
  }

  @Post(':name/versions/:version/promote')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async promote(@Param() params: VersionParams): Promise<object> {
    const row = await this.finder.workflow(params.name);
    return this.#view(params, await this.deployer.promote(row, params.version));
  }

  async #version({ name, version }: VersionParams) {
    const row = await this.finder.workflow(name);
    await this.registry.stored(row.name, version);
    const found = await this.store.version(row.name, version);
    const workflow = await this.registry.version(row.name, version);
    const createdAt = found?.definition.created_at ?? row.created_at;
    return { row: { name: row.name, version, createdAt }, workflow };
  }

  async #view(params: AddressParams, row: WorkflowRow): Promise<object> {
    const workflow = await this.registry.version(row.name, row.version);
    return workflowView(params, { row, workflow, base: this.finder.urls.at('') });
  }
}

/** `$filter` of the list of workflows: `state eq '…'`. @throws ServiceError 400 */
function stateFilter(filter: string | undefined): string | undefined {
  if (filter === undefined || filter.trim() === '') return undefined;
  const state = /^\s*state\s+eq\s+'(Enabled|Disabled)'\s*$/i.exec(filter)?.[1];
  if (state !== undefined) return /^e/i.test(state) ? 'Enabled' : 'Disabled';
  throw new ServiceError(
    400,
    'InvalidFilterInQueryString',
    `The condition '${filter}' of '$filter' is not supported.`,
  );
}

/** Names stand in addresses and file names. */
function assertName(name: string): void {
  if (/^[\w.()-]{1,80}$/.test(name) && !/^\.+$/.test(name)) return;
  throw new ServiceError(
    400,
    'InvalidWorkflowName',
    `'${name}' is no name of a workflow: letters, digits, '-', '_', '.' and parentheses, 80 at most.`,
  );
}

function stateOf(text: string): 'Enabled' | 'Disabled' | undefined {
  if (text === '') return undefined;
  let body: { properties?: { state?: unknown } } | null;
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    throw new ServiceError(400, 'InvalidRequestContent', 'The request content is not valid JSON.');
  }
  const state = body?.properties?.state;
  if (state === undefined || state === 'Enabled' || state === 'Disabled') return state;
  throw new ServiceError(400, 'InvalidState', `'properties.state' must be Enabled or Disabled.`);
}
