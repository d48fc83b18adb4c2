import { defineSettings } from '@isthmus/host';

/** The settings of the catalog. */
export const settings = defineSettings({
  port: { kind: 'port', default: 8081, description: 'port of the management API' },
  managementPort: { kind: 'port', default: 8181, description: 'port of health and metrics' },
  databaseUrl: {
    kind: 'secret',
    optional: true,
    env: 'DATABASE_URL',
    description: 'connection string of PostgreSQL; without it an embedded one is used',
  },
  dataFolder: {
    kind: 'path',
    default: '.isthmus',
    description: 'folder of the embedded database and of the development secret key',
  },
  secretKey: {
    kind: 'secret',
    optional: true,
    description: 'key that seals stored secrets, 32 bytes in base64; required in production',
  },
  managedGatewayKey: {
    kind: 'secret',
    optional: true,
    description: 'key with which the managed gateway reads its configuration; made when not given',
  },
  serviceName: { kind: 'string', default: '*', description: 'name of the service; * is any' },
  subscriptionId: {
    kind: 'string',
    default: '*',
    description: 'Azure subscription id in addresses; * is any',
  },
  resourceGroup: {
    kind: 'string',
    default: '*',
    description: 'Azure resource group in addresses; * is any',
  },
  traceSecret: {
    kind: 'secret',
    optional: true,
    description: 'key that signs debug credentials; the same as the gateways have',
  },
  publicUrl: {
    kind: 'url',
    optional: true,
    description: 'address under which callers reach the management API, for links in answers',
  },
  issuer: {
    kind: 'url',
    default: 'http://localhost:8090/7e57c0de-0000-4000-8000-000000000001/v2.0',
    description:
      'issuer of the tokens of operators (Entra v2.0); the default is the development provider, which production refuses',
  },
  tenants: {
    kind: 'list',
    default: ['7e57c0de-0000-4000-8000-000000000001'],
    description: 'tenant ids that are let in',
  },
  audience: {
    kind: 'list',
    default: ['api://isthmus'],
    description: 'audiences of tokens that are meant for the management API',
  },
  metadataUrl: {
    kind: 'url',
    optional: true,
    description: 'discovery document of the issuer, where it is not at the usual place',
  },
  importHosts: {
    kind: 'list',
    default: [],
    description: 'hosts (host or host:port) from which linked API descriptions may be fetched',
  },
});
