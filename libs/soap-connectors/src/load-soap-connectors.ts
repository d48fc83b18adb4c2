import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connector, CredentialStore } from '@isthmus/connectors';
import { soapConnector } from './soap-connector.js';

/**
 * Loads every SOAP connector below a folder: one folder a connector with its `service.wsdl`, whose
 * imports are resolved beside it.
 * @throws Error that names the document at fault.
 */
export async function loadSoapConnectors(
  folder: string,
  credentials: CredentialStore,
): Promise<Connector[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => soapConnector(name, join(folder, name, 'service.wsdl'), credentials)),
  );
}
