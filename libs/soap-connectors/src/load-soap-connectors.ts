import { join } from 'node:path';
import { connectorFolders, type Connector, type CredentialStore } from '@isthmus/connectors';
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
  const folders = await connectorFolders(folder);
  return Promise.all(
    folders.map(({ name, path }) => soapConnector(name, join(path, 'service.wsdl'), credentials)),
  );
}
