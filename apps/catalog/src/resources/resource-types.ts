import { apiVersionSets } from '../api-version-sets/api-version-sets.js';
import { apis } from '../apis/apis.js';
import { releases } from '../apis/releases.js';
import {
  accessPolicies,
  authorizationProviders,
  authorizations,
} from '../authorization-providers/authorization-providers.js';
import { backends } from '../backends/backends.js';
import { certificates } from '../certificates/certificates.js';
import { diagnostics } from '../diagnostics/diagnostics.js';
import {
  certificateAuthorities,
  gatewayApis,
  gateways,
  hostnameConfigurations,
} from '../gateways/gateways.js';
import { groups, groupUsers } from '../groups/groups.js';
import { loggers } from '../loggers/loggers.js';
import { namedValues } from '../named-values/named-values.js';
import { operations } from '../operations/operations.js';
import { policies } from '../policies/policies.js';
import { policyFragments } from '../policy-fragments/policy-fragments.js';
import { productApis, productGroups, products } from '../products/products.js';
import { schemas } from '../schemas/schemas.js';
import { subscriptions } from '../subscriptions/subscriptions.js';
import { tagLinks, tags } from '../tags/tags.js';
import { users } from '../users/users.js';
import type { ResourceType } from './resource-type.js';

/** Types without rules of their own: stored, shown and exported as they are. */
const stored: readonly ResourceType[] = [
  ['authorizationServers', 'AuthorizationServer'],
  ['caches', 'Cache'],
  ['documentations', 'Documentation'],
  ['identityProviders', 'IdentityProvider'],
  ['openidConnectProviders', 'OpenIdConnectProvider'],
  ['policyRestrictions', 'PolicyRestriction'],
].map(([type, label]) => ({ type: type!, label: label! }));

/** The same, of what belongs to an API or a product. */
const storedBelow: readonly ResourceType[] = [
  ['apis/resolvers', 'Resolver'],
  ['apis/tagDescriptions', 'TagDescription'],
  ['apis/wikis', 'Wiki'],
  ['products/wikis', 'Wiki'],
].map(([type, label]) => ({ type: type!, label: label! }));

/**
 * Every type of resource of the service, in an order in which a list of resources can be written: what is referred to
 * comes before what refers to it.
 */
export const resourceTypes: readonly ResourceType[] = [
  tags,
  groups,
  users,
  loggers,
  certificates,
  ...stored,
  namedValues,
  authorizationProviders,
  authorizations,
  accessPolicies,
  backends,
  apiVersionSets,
  ...schemas.slice(0, 1),
  policyFragments,
  products,
  apis,
  ...storedBelow,
  ...schemas.slice(1),
  operations,
  releases,
  gateways,
  hostnameConfigurations,
  certificateAuthorities,
  ...diagnostics,
  productApis,
  productGroups,
  gatewayApis,
  groupUsers,
  ...tagLinks,
  ...policies,
  subscriptions,
];

/** By type in lower case. */
export const resourceTypeMap: ReadonlyMap<string, ResourceType> = new Map(
  resourceTypes.map((one) => [one.type.toLowerCase(), one]),
);
