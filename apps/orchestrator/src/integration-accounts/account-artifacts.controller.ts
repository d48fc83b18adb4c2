import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { OpenRoute, RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { Request, Response } from 'express';
import { sliceOf, type ListQuery } from '../history/paging.js';
import { expiryOf, isSecondary } from '../history/callback-url-view.js';
import { readJson } from '../history/read-text.js';
import {
  IntegrationAccountsStore,
  type AccountRow,
  type ArtifactRow,
} from '../store/integration-accounts.store.js';
import { artifactPermission, CallbackUrls } from '../triggers/callback-urls.js';
import { assertGranted } from '../triggers/grant.js';
import { AccountArtifacts } from './account-artifacts.js';
import { accountOf, artifactOf, assertResourceName } from './account-finder.js';
import { artifactView, type AccountParams } from './account-views.js';
import { artifactKind } from './artifact-kinds.js';

type KindParams = AccountParams & { readonly kind: string };
type ArtifactParams = KindParams & { readonly artifact: string };

const group = 'subscriptions/:subscription/resourceGroups/:resourceGroup/providers';
/** Links to contents are valid for so long, in milliseconds. */
const linkMs = 4 * 3_600_000;

/** Maps, schemas, certificates, partners and agreements of integration accounts. */
@Controller()
export class AccountArtifactsController {
  constructor(
    @Inject(IntegrationAccountsStore) private readonly store: IntegrationAccountsStore,
    @Inject(AccountArtifacts) private readonly artifacts: AccountArtifacts,
    @Inject(CallbackUrls) private readonly urls: CallbackUrls,
  ) {}

  @Get(`${group}/Microsoft.Logic/integrationAccounts/:account/:kind`)
  @RequiresRole('Isthmus.Reader')
  async list(
    @Param() params: KindParams,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    const kind = artifactKind(params.kind);
    const account = await accountOf(this.store, params.account);
    const found = await this.store.artifacts(account.name, kind.path);
    const { rows, next } = sliceOf(found, query, { request, base: this.urls.at('') });
    return { value: rows.map((row) => this.#view(params, account, row)), ...next };
  }

  @Get(`${group}/Microsoft.Logic/integrationAccounts/:account/:kind/:artifact`)
  @RequiresRole('Isthmus.Reader')
  async get(@Param() params: ArtifactParams): Promise<object> {
    const { account, row } = await this.#find(params);
    return this.#view(params, account, row, true);
  }

  @Put(`${group}/Microsoft.Logic/integrationAccounts/:account/:kind/:artifact`)
  @RequiresRole('Isthmus.Publisher')
  async put(
    @Param() params: ArtifactParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const kind = artifactKind(params.kind);
    assertResourceName(params.artifact);
    const account = await accountOf(this.store, params.account);
    const body = await readJson(request);
    const problem = kind.problem((body['properties'] ?? {}) as Record<string, unknown>);
    if (problem !== undefined)
      throw new ServiceError(400, 'InvalidIntegrationAccountArtifact', problem);
    const artifact = { name: params.artifact, body: JSON.stringify(body) };
    const { row, isNew } = await this.store.putArtifact(account.name, kind.path, artifact);
    this.artifacts.forget(account.name);
    response.status(isNew ? 201 : 200);
    return this.#view(params, account, row);
  }

  @Delete(`${group}/Microsoft.Logic/integrationAccounts/:account/:kind/:artifact`)
  @RequiresRole('Isthmus.Publisher')
  async remove(
    @Param() params: ArtifactParams,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const kind = artifactKind(params.kind);
    const account = await accountOf(this.store, params.account);
    const row = await this.store.artifact(account.name, kind.path, params.artifact);
    response.status(row ? 200 : 204);
    if (!row) return;
    await this.store.removeArtifact(row);
    this.artifacts.forget(account.name);
  }

  /** The signed address of the content. */
  @Post(
    `${group}/Microsoft.Logic/integrationAccounts/:account/:kind/:artifact/listContentCallbackUrl`,
  )
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async contentUrl(@Param() params: ArtifactParams, @Req() request: Request): Promise<object> {
    const { account, row } = await this.#find(params);
    const { keyType, notAfter } = await readJson(request);
    const key = isSecondary(keyType) ? account.secondary_key : account.primary_key;
    const expires = expiryOf(notAfter);
    const path = contentPath(row);
    return {
      method: 'GET',
      value: this.urls.integrationAccount({ name: account.name, key }, path, expires),
    };
  }

  @Get('integrationAccounts/:account/:kind/:artifact/content')
  @OpenRoute('the signature of the link is the credential')
  async content(
    @Param() params: ArtifactParams,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const account = await accountOf(this.store, params.account);
    const kind = artifactKind(params.kind);
    const path = contentPath({ kind: kind.path, name: params.artifact });
    const signer = { ...account, name: `integrationAccounts/${account.name}` };
    assertGranted(request, signer, artifactPermission(account.name, path));
    const row = await artifactOf(this.store, account, { kind, name: params.artifact });
    const { properties } = JSON.parse(row.body) as { properties?: { content?: unknown } };
    const content = properties?.content ?? null;
    const isText = typeof content === 'string';
    response.setHeader(
      'content-type',
      `${isText ? 'text/plain' : 'application/json'}; charset=utf-8`,
    );
    response.end(isText ? content : JSON.stringify(content));
  }

  async #find(params: ArtifactParams): Promise<{ account: AccountRow; row: ArtifactRow }> {
    const kind = artifactKind(params.kind);
    const account = await accountOf(this.store, params.account);
    const row = await artifactOf(this.store, account, { kind, name: params.artifact });
    return { account, row };
  }

  #view(params: AccountParams, account: AccountRow, row: ArtifactRow, whole = false): object {
    const signer = { name: account.name, key: account.primary_key };
    const expires = new Date(Date.now() + linkMs).toISOString();
    const link = this.urls.integrationAccount(signer, contentPath(row), expires);
    return artifactView(params, row, { link, whole });
  }
}

function contentPath({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `/${kind}/${name}/content`;
}
