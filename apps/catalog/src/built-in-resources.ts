import { builtInGroups } from './groups/groups.js';
import { managedGateway } from './gateways/gateways.js';
import type { Catalog } from './resources/catalog.js';

/** The subscription with which every API can be called; its keys are random, and a publisher can list them. */
export const masterSubscription = '/subscriptions/master';

/** Keys of resources that every service has and that are no part of an export. */
export const everyService: ReadonlySet<string> = new Set([
  `/gateways/${managedGateway}`,
  masterSubscription,
]);

/**
 * Makes what every service has: the built-in groups, the managed gateway and the master subscription.
 * @param managedGatewayKey the primary key of the managed gateway; without it one is made, and an admin can list it
 */
export async function makeBuiltInResources(
  catalog: Catalog,
  managedGatewayKey: string | undefined,
): Promise<void> {
  await catalog.change(async (writer) => {
    for (const [name, displayName] of Object.entries(builtInGroups))
      await writer.write(`/groups/${name}`, { displayName });
    await writer.write(`/gateways/${managedGateway}`, {
      description: 'Serves every API of the service.',
    });
    if (!(await writer.find(masterSubscription)))
      await writer.write(masterSubscription, {
        displayName: 'Built-in all-access subscription',
        scope: '/',
        state: 'active',
      });
  });
  const gateway = await catalog.store.find(`/gateways/${managedGateway}`);
  if (!gateway || managedGatewayKey === undefined) return;
  const { primary } = catalog.vault.open(gateway.id, gateway.secrets);
  if (primary === managedGatewayKey) return;
  await catalog.act(gateway.id, (_gateway, secrets) => ({
    answer: undefined,
    secrets: { ...secrets, primary: managedGatewayKey },
  }));
}
