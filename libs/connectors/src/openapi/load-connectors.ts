import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectorFolders } from '../connector-folders.js';
import type { Connector } from '../connector.js';
import type { CredentialStore } from '../credentials.js';
import { openApiConnector } from './openapi-connector.js';

/**
 * Loads every connector definition below a folder: one folder a connector, named as in
 * `managedApis/{name}`, with `apiDefinition.swagger.json` and optionally `apiProperties.json`.
 * @throws Error that names the file at fault.
 */
export async function loadConnectors(
  folder: string,
  credentials: CredentialStore,
): Promise<Connector[]> {
  const folders = await connectorFolders(folder);
  return Promise.all(
    folders.map(async ({ name, path }) => {
      const definition = await readJson(join(path, 'apiDefinition.swagger.json'));
      const properties = await readJson(join(path, 'apiProperties.json'), true);
      try {
        return openApiConnector({ name, definition, properties }, credentials);
      } catch (error) {
        throw new Error(`Connector ${name}: ${(error as Error).message}`, { cause: error });
      }
    }),
  );
}

async function readJson(path: string, mayBeAbsent = false): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (mayBeAbsent && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
