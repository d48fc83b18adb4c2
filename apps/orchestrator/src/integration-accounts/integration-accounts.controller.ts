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
  Req,
  Res,
} from '@nestjs/common';
import { RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { Request, Response } from 'express';
import { newKey } from '../definitions/workflow-registry.js';
import { expiryOf, isSecondary } from '../history/callback-url-view.js';
import { readJson } from '../history/read-text.js';
import { IntegrationAccountsStore, type AccountRow } from '../store/integration-accounts.store.js';
import { CallbackUrls } from '../triggers/callback-urls.js';
import { AccountArtifacts } from './account-artifacts.js';
import { accountOf, assertResourceName } from './account-finder.js';
import { accountView, type AccountParams } from './account-views.js';

const provider = 'providers/Microsoft.Logic/integrationAccounts';

/** Integration accounts in the shapes of `Microsoft.Logic/integrationAccounts`. */
@Controller([
  `subscriptions/:subscription/${provider}`,
  `subscriptions/:subscription/resourceGroups/:resourceGroup/${provider}`,
])
export class IntegrationAccountsController {
  constructor(
    @Inject(IntegrationAccountsStore) private readonly store: IntegrationAccountsStore,
    @Inject(AccountArtifacts) private readonly artifacts: AccountArtifacts,
    @Inject(CallbackUrls) private readonly urls: CallbackUrls,
  ) {}

  @Get()
  @RequiresRole('Isthmus.Reader')
  async list(@Param() params: AccountParams): Promise<object> {
    const rows = await this.store.accounts();
    return { value: rows.map((row) => accountView(params, row)) };
  }

  @Get(':account')
  @RequiresRole('Isthmus.Reader')
  async get(@Param() params: AccountParams): Promise<object> {
    return accountView(params, await accountOf(this.store, params.account));
  }

  @Put(':account')
  @RequiresRole('Isthmus.Publisher')
  async put(
    @Param() params: AccountParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    assertResourceName(params.account);
    const body = await readJson(request);
    const isNew = (await this.store.account(params.account)) === undefined;
    response.status(isNew ? 201 : 200);
    return accountView(params, await this.#keep(params.account, body));
  }

  @Patch(':account')
  @RequiresRole('Isthmus.Publisher')
  async patch(@Param() params: AccountParams, @Req() request: Request): Promise<object> {
    const row = await accountOf(this.store, params.account);
    const body = { ...(JSON.parse(row.body) as object), ...(await readJson(request)) };
    return accountView(params, await this.#keep(row.name, body));
  }

  @Delete(':account')
  @RequiresRole('Isthmus.Publisher')
  async remove(
    @Param() { account }: AccountParams,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const row = await this.store.account(account);
    response.status(row ? 200 : 204);
    if (!row) return;
    await this.store.removeAccount(row.name);
    this.artifacts.forget(row.name);
  }

  /** The signed URL that a Standard project names in `WORKFLOW_INTEGRATION_ACCOUNT_CALLBACK_URL`. */
  @Post(':account/listCallbackUrl')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async callbackUrl(@Param() { account }: AccountParams, @Req() request: Request): Promise<object> {
    const row = await accountOf(this.store, account);
    const { keyType, notAfter } = await readJson(request);
    const key = isSecondary(keyType) ? row.secondary_key : row.primary_key;
    const expires = expiryOf(notAfter);
    return { value: this.urls.integrationAccount({ name: row.name, key }, '', expires) };
  }

  @Post(':account/regenerateAccessKey')
  @HttpCode(200)
  @RequiresRole('Isthmus.Admin')
  async regenerateKey(@Param() params: AccountParams, @Req() request: Request): Promise<object> {
    const row = await accountOf(this.store, params.account);
    const { keyType } = await readJson(request);
    if (keyType !== 'Primary' && keyType !== 'Secondary')
      throw new ServiceError(400, 'InvalidKeyType', `'keyType' must be Primary or Secondary.`);
    await this.store.setKey(
      row.name,
      keyType === 'Primary' ? 'primary_key' : 'secondary_key',
      newKey(),
    );
    return accountView(params, row);
  }

  @Post([':account/listKeyVaultKeys', ':account/logTrackingEvents'])
  @RequiresRole('Isthmus.Reader')
  unsupported(): never {
    throw new ServiceError(
      501,
      'NotSupported',
      'Key vaults and the tracking of electronic data interchange are not supported.',
    );
  }

  #keep(name: string, body: object): Promise<AccountRow> {
    const text = JSON.stringify(body);
    return this.store.putAccount(name, text, { primary: newKey(), secondary: newKey() });
  }
}
