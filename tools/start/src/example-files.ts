import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Addresses of the systems behind the example. */
export interface SystemUrls {
  readonly orders: string;
  readonly stock: string;
  readonly crm: string;
}

/** Addresses of the adapters. */
export interface AdapterUrls {
  readonly rest: string;
  readonly soap: string;
  readonly saas: string;
}

/** Writes the connections file of each adapter; gives their paths. */
export function writeConnections(folder: string, systems: SystemUrls): AdapterUrls {
  const write = (name: string, connections: object) =>
    writeJson(folder, `connections-${name}.json`, { connections });
  return {
    rest: write('rest', { orders: { connector: 'orders', baseUrl: systems.orders } }),
    soap: write('soap', { stock: { connector: 'stock', baseUrl: `${systems.stock}/stock` } }),
    saas: write('saas', {
      crm: {
        connector: 'crm',
        baseUrl: systems.crm,
        credentials: {
          type: 'oauth2ClientCredentials',
          tokenUrl: `${systems.crm}/oauth2/token`,
          clientId: 'isthmus',
          clientSecret: 'crm-sample-secret',
        },
      },
    }),
  };
}

/** Writes the app settings that the example's workflows read; gives the path. */
export function writeAppSettings(
  folder: string,
  {
    systems,
    adapters,
    adapterKey,
  }: { systems: SystemUrls; adapters: AdapterUrls; adapterKey: string },
): string {
  return writeJson(folder, 'app-settings.json', {
    ORDERS_URL: systems.orders,
    ORDERS_CONNECTION_RUNTIME_URL: `${adapters.rest}/apim/orders/orders`,
    STOCK_CONNECTION_RUNTIME_URL: `${adapters.soap}/apim/stock/stock`,
    CRM_CONNECTION_RUNTIME_URL: `${adapters.saas}/apim/crm/crm`,
    ADAPTER_ACCESS_KEY: adapterKey,
  });
}

/** Secrets stand in these files: only their owner reads them. */
function writeJson(folder: string, name: string, value: object): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  return path;
}
