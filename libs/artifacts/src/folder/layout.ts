/** One kind of resource in a folder: where it stands and which file describes it. */
export interface FolderKind {
  /** Folder names, the one that is written first; the others are read (older layouts). */
  readonly folders: readonly [string, ...string[]];
  /** Names of the description file, the one that is written first. */
  readonly information: readonly [string, ...string[]];
  /** The collection's name in resource ids. */
  readonly collection: string;
  readonly children?: readonly FolderKind[];
  /** Whether `policy.xml` beside the description is a policy resource of its own. */
  readonly policy?: true;
  /** Lists of names beside the description ("apis.json") and the collection they fill. */
  readonly lists?: Readonly<Record<string, ListKind>>;
}

/** What a list of names makes: "member": `<owner>/<collection>/<name>`; "tag": a tag of the owner. */
export interface ListKind {
  readonly collection: string;
}

const plain = (collection: string, information: string): FolderKind => ({
  folders: [collection],
  information: [information],
  collection,
});

const tags: FolderKind = plain('tags', 'tagInformation.json');
const diagnostics: FolderKind = plain('diagnostics', 'diagnosticInformation.json');
const schemas: FolderKind = plain('schemas', 'schemaInformation.json');
const member = (collection: string): ListKind => ({ collection });

const apiChildren: readonly FolderKind[] = [
  {
    ...plain('operations', 'operationInformation.json'),
    policy: true,
    children: [tags],
    lists: { 'tags.json': member('tags') },
  },
  { ...tags, information: ['tagInformation.json', 'apiTagInformation.json'] },
  { ...diagnostics, information: ['diagnosticInformation.json', 'apiDiagnosticInformation.json'] },
  schemas,
  plain('releases', 'releaseInformation.json'),
  plain('tagDescriptions', 'tagDescriptionInformation.json'),
  { ...plain('resolvers', 'resolverInformation.json'), policy: true },
];

const service: readonly FolderKind[] = [
  {
    ...plain('apis', 'apiInformation.json'),
    policy: true,
    children: apiChildren,
    lists: { 'tags.json': member('tags') },
  },
  {
    ...plain('products', 'productInformation.json'),
    policy: true,
    children: [
      plain('apis', 'productApiInformation.json'),
      plain('groups', 'productGroupInformation.json'),
      plain('apiLinks', 'productApiLinkInformation.json'),
      plain('groupLinks', 'productGroupLinkInformation.json'),
      { ...tags, information: ['tagInformation.json', 'productTagInformation.json'] },
    ],
    lists: {
      'apis.json': member('apis'),
      'groups.json': member('groups'),
      'tags.json': member('tags'),
    },
  },
  plain('backends', 'backendInformation.json'),
  {
    ...plain('namedValues', 'namedValueInformation.json'),
    folders: ['namedValues', 'named values'],
  },
  {
    ...plain('policyFragments', 'policyFragmentInformation.json'),
    folders: ['policyFragments', 'policy fragments'],
  },
  {
    folders: ['versionSets', 'version sets', 'apiVersionSets'],
    information: ['versionSetInformation.json', 'apiVersionSetInformation.json'],
    collection: 'apiVersionSets',
  },
  plain('loggers', 'loggerInformation.json'),
  diagnostics,
  plain('groups', 'groupInformation.json'),
  {
    ...tags,
    children: [
      plain('apis', 'tagApiInformation.json'),
      plain('products', 'tagProductInformation.json'),
    ],
  },
  {
    ...plain('gateways', 'gatewayInformation.json'),
    children: [
      plain('apis', 'gatewayApiInformation.json'),
      plain('hostnameConfigurations', 'hostnameConfigurationInformation.json'),
      plain('certificateAuthorities', 'certificateAuthorityInformation.json'),
    ],
    lists: { 'apis.json': member('apis') },
  },
  plain('subscriptions', 'subscriptionInformation.json'),
  schemas,
  {
    ...plain('policyRestrictions', 'policyRestrictionInformation.json'),
    folders: ['policyRestrictions', 'policy restrictions'],
  },
  plain('documentations', 'documentationInformation.json'),
  plain('certificates', 'certificateInformation.json'),
  plain('caches', 'cacheInformation.json'),
  plain('authorizationServers', 'authorizationServerInformation.json'),
  {
    ...plain('authorizationProviders', 'authorizationProviderInformation.json'),
    children: [
      {
        ...plain('authorizations', 'authorizationInformation.json'),
        children: [plain('accessPolicies', 'accessPolicyInformation.json')],
      },
    ],
  },
  plain('openidConnectProviders', 'openidConnectProviderInformation.json'),
];

/** Every kind that a folder may hold at its top; a workspace holds the same tree again. */
export const folderKinds: readonly FolderKind[] = [
  ...service,
  { ...plain('workspaces', 'workspaceInformation.json'), policy: true, children: service },
];

/** Extensions of `specification.*`, the document that an API's operations come from. */
export const specificationExtensions = ['yaml', 'yml', 'json', 'wsdl', 'wadl', 'graphql', 'proto'];
