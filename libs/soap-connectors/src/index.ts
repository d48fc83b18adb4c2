export { loadSoapConnectors } from './load-soap-connectors.js';
export { soapConnector } from './soap-connector.js';
