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
