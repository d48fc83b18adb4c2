import { defineSettings } from '@isthmus/host';

export const settings = defineSettings({
  port: { kind: 'port', default: 8082, description: 'port of triggers and of the management API' },
  managementPort: { kind: 'port', default: 8182, description: 'port of health and metrics' },
  databaseUrl: {
    kind: 'secret',
    optional: true,
    env: 'DATABASE_URL',
    description: 'PostgreSQL to keep runs in; absent: an embedded server in the data folder',
  },
  dataFolder: { kind: 'path', default: '.isthmus', description: 'folder of the embedded server' },
  projectFolder: {
    kind: 'path',
    optional: true,
    description: 'Logic Apps Standard project that is deployed at the start',
  },
  appSettingsFile: {
    kind: 'path',
    optional: true,
    description: 'JSON object of app settings by name, what @appsetting() reads',
  },
  publicUrl: {
    kind: 'url',
    optional: true,
    description: 'base URL of callback URLs; absent: the address that the service listens on',
  },
  issuer: {
    kind: 'url',
    default: 'http://localhost:8090/7e57c0de-0000-4000-8000-000000000001/v2.0',
    description:
      'issuer of the tokens for the management API; the default is the development provider',
  },
  tenants: {
    kind: 'list',
    default: ['7e57c0de-0000-4000-8000-000000000001'],
    description: 'tenants whose tokens are accepted',
  },
  audience: { kind: 'list', default: ['api://isthmus'], description: 'audiences of those tokens' },
  allowPrivateAddresses: {
    kind: 'boolean',
    default: true,
    description: 'workflows may call loopback and private addresses',
  },
  durability: {
    kind: 'choice',
    choices: ['response', 'strict'],
    default: 'response',
    description:
      'what is committed before calls leave: only answers (response), or every unsafe call too (strict)',
  },
  lease: {
    kind: 'duration',
    default: 10_000,
    description: 'time after which a silent replica is declared dead',
  },
  heartbeat: { kind: 'duration', default: 3000, description: 'how often the lease is extended' },
  poisonLimit: {
    kind: 'integer',
    default: 5,
    description:
      'replicas that may die with a run, one after the other, before it is set aside as failed',
  },
  responseTimeout: {
    kind: 'duration',
    default: 225_000,
    description: 'longest wait of a caller for a Response action',
  },
  largestBody: {
    kind: 'integer',
    default: 104_857_600,
    description: 'largest trigger body in bytes',
  },
  callerAddresses: {
    kind: 'list',
    default: ['127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
    description:
      'addresses that may call triggers: those of the gateway; default: private networks',
  },
  trustedProxies: {
    kind: 'list',
    default: [],
    description: 'addresses whose X-Forwarded-For header is believed',
  },
  retentionDays: {
    kind: 'integer',
    default: 90,
    description: 'days after which the history of an ended run is removed',
  },
  serviceProviders: {
    kind: 'list',
    default: [],
    description: 'services for built-in connectors: provider=url, or *=url for all others',
  },
  resourceAddresses: {
    kind: 'list',
    default: [],
    description: 'addresses of what artifacts name by resource id or connection: id=url',
  },
  identityAuthority: {
    kind: 'url',
    default: 'https://login.microsoftonline.com',
    description: 'where tokens for managed identities are asked for',
  },
  identityTenant: { kind: 'string', optional: true, description: 'tenant of that identity' },
  identityClientId: {
    kind: 'string',
    optional: true,
    description: 'client that stands for the managed identity of workflows',
  },
  identitySecret: { kind: 'secret', optional: true, description: 'secret of that client' },
  identityTokenFile: {
    kind: 'path',
    optional: true,
    description: 'projected service account token of that client (workload identity)',
  },
});
