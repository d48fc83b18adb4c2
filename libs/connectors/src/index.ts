export { loadConnections, secretText, type Connection, type Credentials } from './connection.js';
export {
  ConnectorError,
  type Connector,
  type OperationAnswer,
  type OperationCall,
} from './connector.js';
export { adapterSettings, type AdapterDefaults, type AdapterSettings } from './adapter-settings.js';
export { ConnectorsModule, type MakeConnectors } from './connectors.module.js';
export { CredentialStore, type Authorisation } from './credentials.js';
export { connectorFolders, type ConnectorFolder } from './connector-folders.js';
export { loadConnectors } from './openapi/load-connectors.js';
export { openApiConnector } from './openapi/openapi-connector.js';
export { forwardableHeaders, sendToSystem, type SystemRequest } from './send.js';
