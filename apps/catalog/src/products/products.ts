import { Type } from '@isthmus/contracts';
import type { ResourceType } from '../resources/resource-type.js';

const schema = Type.Object({
  displayName: Type.String({ minLength: 1, maxLength: 300 }),
  description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  terms: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  subscriptionRequired: Type.Optional(Type.Boolean()),
  approvalRequired: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  subscriptionsLimit: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
  state: Type.Optional(Type.Union([Type.Literal('notPublished'), Type.Literal('published')])),
});

export const products: ResourceType = {
  type: 'products',
  label: 'Product',
  schema,
  prepare({ properties, report }) {
    const stored = { subscriptionRequired: true, state: 'notPublished', ...properties };
    if (stored.subscriptionRequired === false)
      for (const member of ['approvalRequired', 'subscriptionsLimit'] as const)
        if ((stored as Record<string, unknown>)[member])
          report({
            target: member,
            message: `${member} can be set only when the product requires subscriptions.`,
          });
    return { properties: stored };
  },
  async release({ resource, writer, options, report }) {
    const subscriptions = (await writer.store.ofType('subscriptions')).filter(
      ({ properties }) => String(properties['scope']).toLowerCase() === resource.key,
    );
    if (subscriptions.length > 0 && options['deleteSubscriptions'] !== 'true') {
      report({
        target: 'id',
        message: `The product has ${subscriptions.length} subscriptions; delete it with deleteSubscriptions=true.`,
      });
      return;
    }
    for (const one of subscriptions) await writer.remove(one.id);
  },
};

/** Which APIs a product opens, and to which groups it is visible. */
export const productApis: ResourceType = { type: 'products/apis', label: 'API', linksTo: 'apis' };
export const productGroups: ResourceType = {
  type: 'products/groups',
  label: 'Group',
  linksTo: 'groups',
};
