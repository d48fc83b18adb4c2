import { All, Controller, Get, Param } from '@nestjs/common';
import { RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';

const environments = 'providers/Microsoft.Logic/integrationServiceEnvironments';
const group = 'subscriptions/:subscription/resourceGroups/:resourceGroup';

/** What `Microsoft.Logic` has beside workflows and integration accounts: said to be missing, never half done. */
@Controller()
@RequiresRole('Isthmus.Reader')
export class UnsupportedController {
  /** There are none: the retired integration service environments were machines of Azure's. */
  @Get([`subscriptions/:subscription/${environments}`, `${group}/${environments}`])
  environments(): object {
    return { value: [] };
  }

  @Get(`${group}/${environments}/:environment{/*path}`)
  environment(@Param() { environment }: { readonly environment: string }): never {
    throw new ServiceError(
      404,
      'IntegrationServiceEnvironmentNotFound',
      `The integration service environment '${environment}' could not be found.`,
    );
  }

  @All(`${group}/${environments}/:environment{/*path}`)
  changeEnvironment(): never {
    throw new ServiceError(
      501,
      'NotSupported',
      'Integration service environments are not supported: workflows run on this service.',
    );
  }

  /** The operations that roles of the management API allow. */
  @Get('providers/Microsoft.Logic/operations')
  operations(): object {
    return { value: operations };
  }
}

const resources: readonly (readonly [path: string, resource: string, ...verbs: string[]])[] = [
  [
    'workflows',
    'Workflow',
    'read',
    'write',
    'delete',
    ...['disable', 'enable', 'validate', 'move', 'listSwagger', 'listCallbackUrl'].map(
      (verb) => `${verb}/action`,
    ),
    'generateUpgradedDefinition/action',
    'regenerateAccessKey/action',
  ],
  ['workflows/versions', 'Workflow Version', 'read', 'promote/action'],
  [
    'workflows/triggers',
    'Workflow Trigger',
    'read',
    'run/action',
    'reset/action',
    'setState/action',
    'listCallbackUrl/action',
  ],
  ['workflows/triggers/histories', 'Trigger History', 'read', 'resubmit/action'],
  ['workflows/runs', 'Workflow Run', 'read', 'cancel/action'],
  ['workflows/runs/actions', 'Workflow Run Action', 'read', 'listExpressionTraces/action'],
  ['integrationAccounts', 'Integration Account', 'read', 'write', 'delete'],
  ['integrationAccounts/maps', 'Map', 'read', 'write', 'delete'],
  ['integrationAccounts/schemas', 'Schema', 'read', 'write', 'delete'],
  ['integrationAccounts/certificates', 'Certificate', 'read', 'write', 'delete'],
  ['integrationAccounts/partners', 'Partner', 'read', 'write', 'delete'],
  ['integrationAccounts/agreements', 'Agreement', 'read', 'write', 'delete'],
];

const operations = resources.flatMap(([path, resource, ...verbs]) =>
  verbs.map((verb) => ({
    name: `Microsoft.Logic/${path}/${verb}`,
    origin: 'user,system',
    display: {
      provider: 'Microsoft Logic',
      resource,
      operation: verb.replace('/action', ''),
      description: `${verb.replace('/action', '')} of ${path}`,
    },
  })),
);
