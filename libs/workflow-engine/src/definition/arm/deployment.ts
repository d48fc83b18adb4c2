import type { WorkflowObject } from '@isthmus/workflow-expressions';

/** Where a template is deployed to: what the functions of ARM say about their surroundings. */
export interface Deployment {
  readonly name: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** What `utcNow()` gives, in ISO 8601. */
  readonly time: string;
}

/** Stand-ins for a deployment outside of Azure. */
export const localDeployment: Deployment = {
  name: 'isthmus',
  subscriptionId: '00000000-0000-0000-0000-000000000000',
  tenantId: '00000000-0000-0000-0000-000000000000',
  resourceGroup: 'isthmus',
  location: 'local',
  time: '2000-01-01T00:00:00Z',
};

/** What a deployment knows of its surroundings; the values are stand-ins outside of Azure. */
export function surroundings(
  name: string,
  deployment: Deployment,
  template: WorkflowObject = {},
): WorkflowObject {
  const { subscriptionId, resourceGroup, location, tenantId } = deployment;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  switch (name) {
    case 'subscription':
      return {
        id: `/subscriptions/${subscriptionId}`,
        subscriptionId,
        tenantId,
        displayName: 'local',
      };
    case 'resourcegroup':
      return {
        id: group,
        name: resourceGroup,
        location,
        tags: {},
        properties: { provisioningState: 'Succeeded' },
      };
    case 'tenant':
      return { id: '/', tenantId };
    case 'deployment':
      return {
        name: deployment.name,
        location,
        properties: {
          // Templates put the addresses of their neighbours together from that of their own.
          templateLink: { uri: 'https://unresolved/azuredeploy.json', id: 'unresolved-template' },
          template,
          parameters: {},
          mode: 'Incremental',
          provisioningState: 'Running',
        },
      };
    default:
      return {
        name: 'AzureCloud',
        portal: 'https://portal.azure.com',
        resourceManager: 'https://management.azure.com/',
        authentication: {
          loginEndpoint: 'https://login.microsoftonline.com/',
          audiences: ['https://management.core.windows.net/'],
          tenant: 'common',
        },
        graph: 'https://graph.windows.net/',
        suffixes: {
          storage: 'core.windows.net',
          sqlServerHostname: '.database.windows.net',
          keyvaultDns: '.vault.azure.net',
          azureFrontDoorEndpointSuffix: 'azurefd.net',
        },
      };
  }
}
