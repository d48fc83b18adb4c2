import { ContractError, createClient, type Client } from '@isthmus/contracts';
import type { Command } from 'commander';
import { request } from 'undici';
import { UsageError } from '../usage-error.js';
import { callerEnvironment } from './settings.js';

/** How a command reaches a catalog, as its options say it. */
export interface AccessOptions {
  readonly catalog: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly service: string;
  readonly accessToken?: string;
  readonly tokenUrl?: string;
  readonly clientId?: string;
  readonly scope: string;
}

/** A catalog and the service in it. */
export interface CatalogAccess {
  readonly client: Client;
  readonly params: {
    readonly subscriptionId: string;
    readonly resourceGroupName: string;
    readonly serviceName: string;
  };
}

const address = [
  '--catalog <url>',
  'address of the catalog, such as http://127.0.0.1:8081',
] as const;

/** Adds the options that {@link openCatalog} reads. */
export function withCatalogOptions(command: Command, need: 'required' | 'optional'): Command {
  return (need === 'required' ? command.requiredOption(...address) : command.option(...address))
    .option('--subscription <name>', 'Azure subscription in its addresses', 'local')
    .option('--resource-group <name>', 'resource group in its addresses', 'local')
    .option('--service <name>', 'name of the service', 'isthmus')
    .option('--access-token <token>', 'bearer token; better by ISTHMUS_ACCESS_TOKEN')
    .option('--token-url <url>', 'token endpoint that issues one (client credentials)')
    .option('--client-id <id>', 'application there; its secret by ISTHMUS_CLIENT_SECRET')
    .option('--scope <scope>', 'what the token is for', 'api://isthmus/.default');
}

/**
 * Makes a client for the management API with the caller's credentials.
 * @throws UsageError when there are none, or the token endpoint gives none
 */
export async function openCatalog(options: AccessOptions): Promise<CatalogAccess> {
  if (!URL.canParse(options.catalog))
    throw new UsageError(`'${options.catalog}' is no address of a catalog.`);
  const authorization = `Bearer ${await tokenOf(options)}`;
  return {
    client: createClient({
      baseUrl: options.catalog,
      timeoutMs: 300_000,
      headers: () => ({ authorization }),
    }),
    params: {
      subscriptionId: options.subscription,
      resourceGroupName: options.resourceGroup,
      serviceName: options.service,
    },
  };
}

/** Says what stands between the command and the catalog, where it is no mistake of the folder. */
export async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ContractError && error.status !== 400) throw new UsageError(error.message);
    if (error instanceof TypeError)
      throw new UsageError(
        `The catalog cannot be reached: ${error.cause instanceof Error ? error.cause.message : error.message}`,
      );
    throw error;
  }
}

async function tokenOf(options: AccessOptions): Promise<string> {
  const environment = callerEnvironment();
  const { tokenUrl, clientId, scope } = options;
  // What stands in the command line wins over the environment.
  const token =
    options.accessToken ?? (tokenUrl === undefined ? environment.accessToken : undefined);
  if (token !== undefined) return token;
  const { clientSecret } = environment;
  if (tokenUrl === undefined || clientId === undefined || clientSecret === undefined)
    throw new UsageError(
      'Who calls? Set ISTHMUS_ACCESS_TOKEN, or --token-url and --client-id with ISTHMUS_CLIENT_SECRET.',
    );
  const form = { grant_type: 'client_credentials', client_id: clientId, scope };
  if (!URL.canParse(tokenUrl)) throw new UsageError(`'${tokenUrl}' is no address of tokens.`);
  const answer = await request(tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...form, client_secret: clientSecret }).toString(),
  }).catch((error: Error) => {
    throw new UsageError(`${tokenUrl} cannot be reached: ${error.message}`);
  });
  const issued = (await answer.body.json().catch(() => ({}))) as { access_token?: unknown };
  if (answer.statusCode !== 200 || typeof issued.access_token !== 'string')
    throw new UsageError(`${tokenUrl} gave no token: it answered ${answer.statusCode}.`);
  return issued.access_token;
}
