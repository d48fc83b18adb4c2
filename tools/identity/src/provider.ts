import type { JWK } from 'jose';
import Provider, { errors, type Configuration } from 'oidc-provider';
import { entraClaims } from './claims.js';
import { applications, audience, delegatedScopes, tenantId, users } from './seed.js';

const tokenLifetimeSeconds = 3600;
const sessionSeconds = 24 * 3600;
const scopes = [
  `${audience}/.default`,
  ...delegatedScopes.flatMap((name) => [name, `${audience}/${name}`]),
];

/** The issuer of Entra's v2.0 tokens for a base URL. */
export function issuerOf(baseUrl: string): string {
  return `${baseUrl}/${tenantId}/v2.0`;
}

/** An OpenID provider over oidc-provider with Entra's v2.0 endpoints and token claims. */
export function createProvider(baseUrl: string, keys: readonly JWK[]): Provider {
  return new Provider(issuerOf(baseUrl), {
    jwks: { keys: keys as never },
    clients: applications.map((application) => ({
      client_id: application.clientId,
      client_name: application.name,
      application_type: 'native',
      scope: ['openid', 'profile', 'offline_access', ...scopes].join(' '),
      redirect_uris: [...(application.redirectUris ?? [])],
      response_types: application.redirectUris ? ['code'] : [],
      grant_types: application.redirectUris
        ? ['authorization_code', 'refresh_token']
        : ['client_credentials'],
      ...(application.secret
        ? { client_secret: application.secret, token_endpoint_auth_method: 'client_secret_post' }
        : { token_endpoint_auth_method: 'none' }),
    })),
    routes: {
      authorization: `/${tenantId}/oauth2/v2.0/authorize`,
      token: `/${tenantId}/oauth2/v2.0/token`,
      jwks: `/${tenantId}/discovery/v2.0/keys`,
      end_session: `/${tenantId}/oauth2/v2.0/logout`,
      userinfo: `/${tenantId}/oidc/userinfo`,
    },
    scopes: ['openid', 'offline_access', 'profile', ...scopes],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'oid', 'tid'] },
    pkce: { required: () => true },
    findAccount: (_context, id) => {
      const user = users.find(({ objectId, login }) => id === objectId || id === login);
      // The session belongs to the id that was typed; tokens carry the object id (entraClaims).
      return user && { accountId: id, claims: () => ({ ...userClaims(user), sub: id }) };
    },
    features,
    formats: {
      customizers: {
        jwt: (_context, _token, jwt) => {
          jwt.header = { ...jwt.header, typ: 'JWT', x5t: keys[0]?.kid };
          jwt.payload = entraClaims(jwt.payload) as typeof jwt.payload;
          return jwt;
        },
      },
    },
    ttl: {
      AccessToken: tokenLifetimeSeconds,
      AuthorizationCode: 60,
      ClientCredentials: tokenLifetimeSeconds,
      Grant: sessionSeconds,
      IdToken: tokenLifetimeSeconds,
      Interaction: tokenLifetimeSeconds,
      RefreshToken: sessionSeconds,
      Session: sessionSeconds,
    },
  } satisfies Configuration);
}

function userClaims(user: (typeof users)[number]): Record<string, unknown> {
  return {
    oid: user.objectId,
    tid: tenantId,
    name: user.name,
    preferred_username: user.login,
  };
}

const features: Configuration['features'] = {
  clientCredentials: { enabled: true },
  devInteractions: { enabled: true },
  resourceIndicators: {
    enabled: true,
    // Entra names the API in the scope; there is no resource parameter.
    defaultResource: () => audience,
    useGrantedResource: () => true,
    getResourceServerInfo: (_context, resource) => {
      if (resource !== audience) throw new errors.InvalidTarget();
      return {
        scope: scopes.join(' '),
        audience,
        accessTokenFormat: 'jwt',
        accessTokenTTL: tokenLifetimeSeconds,
        jwt: { sign: { alg: 'RS256' } },
      };
    },
  },
};
