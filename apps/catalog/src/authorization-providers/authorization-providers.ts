import { Type } from '@isthmus/contracts';
import type { Prepared, ResourceType, WriteContext } from '../resources/resource-type.js';
import type { Secrets } from '../resources/secrets.js';
import type { Properties } from '../resources/store/tables.js';

const grants = ['authorizationCode', 'clientCredentials'] as const;

/** An OAuth 2.0 provider of the credential manager. Secrets of its grants are sealed and shown to gateways only. */
export const authorizationProviders: ResourceType = {
  type: 'authorizationProviders',
  label: 'AuthorizationProvider',
  schema: Type.Object({
    displayName: Type.Optional(Type.String({ maxLength: 300 })),
    identityProvider: Type.String({ minLength: 1 }),
    oauth2: Type.Optional(Type.Object({ grantTypes: Type.Optional(Type.Object({})) })),
  }),
  publishesSecrets: true,
  prepare({ properties, secrets }) {
    const kept: Record<string, string> = { ...secrets };
    const oauth2 = members(properties['oauth2']);
    const grantTypes = { ...members(oauth2['grantTypes']) };
    for (const grant of grants) {
      if (grantTypes[grant] === undefined) continue;
      const { clientSecret, ...visible } = members(grantTypes[grant]);
      if (typeof clientSecret === 'string') kept[`${grant}.clientSecret`] = clientSecret;
      grantTypes[grant] = visible;
    }
    if (Object.keys(oauth2).length === 0) return { properties, secrets: kept };
    return { properties: { ...properties, oauth2: { ...oauth2, grantTypes } }, secrets: kept };
  },
};

/** How a gateway gets tokens of a provider: by client credentials, or by a refresh token that somebody gave. */
export const authorizations: ResourceType = {
  type: 'authorizationProviders/authorizations',
  label: 'Authorization',
  schema: Type.Object({
    authorizationType: Type.Optional(Type.Literal('OAuth2')),
    oauth2grantType: Type.Union([
      Type.Literal('ClientCredentials'),
      Type.Literal('AuthorizationCode'),
    ]),
    parameters: Type.Optional(Type.Record(Type.String(), Type.String())),
  }),
  publishesSecrets: true,
  prepare: prepareAuthorization,
};

/** Who may use an authorization. Gateways have one identity: it may as soon as there is any policy. */
export const accessPolicies: ResourceType = {
  type: 'authorizationProviders/authorizations/accessPolicies',
  label: 'AccessPolicy',
  schema: Type.Object({
    tenantId: Type.Optional(Type.String()),
    objectId: Type.Optional(Type.String()),
    appIds: Type.Optional(Type.Array(Type.String())),
  }),
};

const secretParameters = ['clientSecret', 'refreshToken'] as const;

function prepareAuthorization({ properties, secrets, report }: WriteContext): Prepared {
  const visible: Record<string, unknown> = { ...members(properties['parameters']) };
  const kept: Record<string, string> = { ...secrets };
  for (const name of secretParameters) {
    if (typeof visible[name] === 'string') kept[name] = visible[name];
    delete visible[name];
  }
  checkGrant(properties, kept, report);
  const stored = { authorizationType: 'OAuth2', ...properties, parameters: visible };
  return { properties: { ...stored, status: 'Connected' }, secrets: kept };
}

function checkGrant(
  { oauth2grantType }: Properties,
  secrets: Secrets,
  report: WriteContext['report'],
): void {
  if (oauth2grantType === 'AuthorizationCode' && secrets['refreshToken'] === undefined)
    report({
      target: 'parameters',
      message:
        'Nobody can sign in interactively here: give the refreshToken that a sign-in elsewhere brought, or use ClientCredentials.',
    });
}

function members(value: unknown): Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Properties)
    : {};
}
