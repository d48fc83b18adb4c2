/** The one tenant of the development provider. */
export const tenantId = '7e57c0de-0000-4000-8000-000000000001';

/** The API that tokens are for: callers of published APIs and of the management APIs. */
export const audience = 'api://isthmus';

/** A registered application; the secrets are sample data, as public as this file. */
export interface SeedApplication {
  readonly clientId: string;
  readonly name: string;
  readonly secret?: string;
  /** Application roles in app-only tokens (`roles` claim). */
  readonly roles: readonly string[];
  /** Where a browser may be sent back to (authorization code with PKCE). */
  readonly redirectUris?: readonly string[];
}

export const applications: readonly SeedApplication[] = [
  {
    clientId: '7e57c0de-0000-4000-8000-00000000a001',
    name: 'order-portal',
    secret: 'order-portal-sample-secret',
    roles: ['Orders.Read'],
  },
  {
    clientId: '7e57c0de-0000-4000-8000-00000000a002',
    name: 'isthmus-operator',
    secret: 'isthmus-operator-sample-secret',
    roles: ['Isthmus.Admin'],
  },
  {
    clientId: '7e57c0de-0000-4000-8000-00000000a003',
    name: 'report-reader',
    secret: 'report-reader-sample-secret',
    roles: ['Isthmus.Reader'],
  },
  {
    clientId: '7e57c0de-0000-4000-8000-00000000a004',
    name: 'isthmus-publisher',
    secret: 'isthmus-publisher-sample-secret',
    roles: ['Isthmus.Publisher'],
  },
  {
    clientId: '7e57c0de-0000-4000-8000-00000000a005',
    name: 'developer-portal',
    roles: [],
    redirectUris: ['http://localhost:8081/signin-oidc', 'http://127.0.0.1:8081/signin-oidc'],
  },
];

/** A person who can sign in; the password of the sign-in page is not checked. */
export interface SeedUser {
  readonly objectId: string;
  readonly login: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export const users: readonly SeedUser[] = [
  {
    objectId: '7e57c0de-0000-4000-8000-00000000b001',
    login: 'ada@isthmus.example',
    name: 'Ada Operator',
    roles: ['Isthmus.Admin'],
  },
  {
    objectId: '7e57c0de-0000-4000-8000-00000000b002',
    login: 'dev@isthmus.example',
    name: 'Dev Eloper',
    roles: [],
  },
];

/** Delegated permissions of {@link audience} (`scp` claim). */
export const delegatedScopes = ['Orders.Read', 'user_impersonation'] as const;
