import { readArtifacts, readFiles } from '@isthmus/artifacts';
import { applyResources, ContractError, createClient } from '@isthmus/contracts';
import { operatorToken, tenantId } from './operator.js';

/** Where the example is published from and to. */
export interface PublishExample {
  /** APIOps folder. */
  readonly folder: string;
  readonly identityUrl: string;
  readonly catalogUrl: string;
  readonly orchestratorUrl: string;
  readonly ordersUrl: string;
  readonly stockUrl: string;
}

const service = { subscriptionId: 'local', resourceGroupName: 'local', serviceName: 'isthmus' };
const servicePath = `/subscriptions/local/resourceGroups/local/providers/Microsoft.ApiManagement/service/isthmus`;
const workflowsPath =
  '/subscriptions/local/resourceGroups/local/providers/Microsoft.Logic/workflows';
const apiVersion = 'api-version=2024-05-01';

/**
 * Loads the example through the catalog's own API and gives the subscription key of the sample caller.
 * @throws Error with every mistake of the folder.
 */
export async function publishExample(options: PublishExample): Promise<string> {
  const token = await operatorToken(options.identityUrl);
  const tokens = {
    TENANT_ID: tenantId,
    OPENID_CONFIGURATION_URL: `${options.identityUrl}/${tenantId}/v2.0/.well-known/openid-configuration`,
    ORDERS_URL: options.ordersUrl,
    STOCK_URL: options.stockUrl,
    ORCHESTRATOR_URL: options.orchestratorUrl,
    ORDER_SUMMARY_SIGNATURE: await signatureOf('order-summary', options.orchestratorUrl, token),
  };
  const { resources, problems } = readArtifacts(await readFiles(options.folder), {
    tokens,
    subscriptionKeys: 'plain',
  });
  const mistakes = problems.filter(({ severity }) => severity === 'error');
  if (mistakes.length > 0)
    throw new Error(mistakes.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  const catalog = createClient({
    baseUrl: options.catalogUrl,
    headers: () => ({ authorization: `Bearer ${token}` }),
    timeoutMs: 60_000,
  });
  await catalog(applyResources, {
    params: service,
    body: { resources: resources.map(({ id, properties }) => ({ id, properties })) },
  }).catch((error: unknown) => {
    throw error instanceof ContractError
      ? new Error(`the catalog refused the example: ${error.message}`)
      : error;
  });
  return subscriptionKey(options.catalogUrl, token);
}

/** The signature of a workflow's callback URL, which the gateway sends along. */
async function signatureOf(
  workflow: string,
  orchestratorUrl: string,
  token: string,
): Promise<string> {
  const { queries } = await post<{ queries: { sig: string } }>(
    `${orchestratorUrl}${workflowsPath}/${workflow}/triggers/manual/listCallbackUrl?api-version=2019-05-01`,
    token,
  );
  return queries.sig;
}

async function subscriptionKey(catalogUrl: string, token: string): Promise<string> {
  const { primaryKey } = await post<{ primaryKey: string }>(
    `${catalogUrl}${servicePath}/subscriptions/order-portal/listSecrets?${apiVersion}`,
    token,
  );
  return primaryKey;
}

async function post<T>(url: string, token: string): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok)
    throw new Error(`${url.split('?')[0]} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
