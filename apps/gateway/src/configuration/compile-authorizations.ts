import type { AuthorizationModel } from '../services/authorizations.js';
import type { FailedPart } from './gateway-model.js';
import { withNamedValues } from './named-values.js';
import { Properties } from './resource-index.js';
import type { IndexedResource, ResourceIndex } from './resource-index.js';

/** Authorizations by "provider/authorization" in lower case; one with mistakes is told and cannot be used. */
export function compileAuthorizations(
  index: ResourceIndex,
  owner: string,
  namedValues: ReadonlyMap<string, string>,
): { authorizations: Map<string, AuthorizationModel>; failed: FailedPart[] } {
  const authorizations = new Map<string, AuthorizationModel>();
  const failed: FailedPart[] = [];
  const filled = ({ properties }: IndexedResource): Properties =>
    new Properties(withNamedValues(properties.raw, namedValues));
  for (const provider of index.in(`${owner}/authorizationProviders`))
    for (const one of index.in(`${provider.id}/authorizations`)) {
      try {
        const allowed = index.in(`${one.id}/accessPolicies`).length > 0;
        const model = { ...authorization(filled(provider), filled(one)), allowed };
        authorizations.set(`${provider.name}/${one.name}`.toLowerCase(), model);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        failed.push({ id: one.id, problems: [{ message }], keepsPrevious: false });
      }
    }
  return { authorizations, failed };
}

const grants = {
  clientcredentials: 'clientCredentials',
  authorizationcode: 'authorizationCode',
} as const;

function authorization(provider: Properties, own: Properties): Omit<AuthorizationModel, 'allowed'> {
  const type = (own.text('oauth2grantType') ?? own.text('oauth2GrantType') ?? '').toLowerCase();
  const grant = grants[type as keyof typeof grants];
  if (!grant)
    throw new Error("oauth2grantType must be 'ClientCredentials' or 'AuthorizationCode'.");
  const settings = provider.object('oauth2')?.object('grantTypes')?.object(grant);
  const parameters = own.object('parameters');
  // The catalog keeps secrets apart from the other members.
  const secret = (name: string): string | undefined =>
    parameters?.text(name) ??
    own.text(name) ??
    settings?.text(name) ??
    provider.text(`${grant}.${name}`);
  const text = (name: string): string | undefined => parameters?.text(name) ?? settings?.text(name);
  const clientId = text('clientId');
  const clientSecret = secret('clientSecret');
  if (clientId === undefined || clientSecret === undefined)
    throw new Error('The authorization has no clientId or no clientSecret.');
  const refreshToken = grant === 'authorizationCode' ? secret('refreshToken') : undefined;
  if (grant === 'authorizationCode' && refreshToken === undefined)
    throw new Error(
      'Nobody can sign in here: an AuthorizationCode authorization needs a refreshToken.',
    );
  const entra = (provider.text('identityProvider') ?? '').toLowerCase() === 'aad';
  return {
    tokenUrl: tokenUrl(text, refreshToken !== undefined, entra),
    clientId,
    clientSecret,
    fields: entra ? entraFields(text, grant) : plainFields(text),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}

type Text = (name: string) => string | undefined;

function tokenUrl(text: Text, refresh: boolean, entra: boolean): string {
  const given = (refresh ? text('refreshUrl') : undefined) ?? text('tokenUrl');
  const login = (text('loginUri') ?? 'https://login.microsoftonline.com').replace(/\/+$/, '');
  const url = given ?? (entra ? `${login}/${text('tenantId') ?? 'common'}/oauth2/v2.0/token` : '');
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new Error('The authorization provider has no tokenUrl.');
  return url;
}

/** Providers of Azure name a resource; version 2.0 of Entra's endpoint wants it as a scope. */
function entraFields(text: Text, grant: string): Record<string, string> {
  const scopes = text('scopes');
  const resource = text('resourceUri') ?? text('resource');
  if (scopes !== undefined && grant !== 'clientCredentials') return { scope: scopes };
  return resource === undefined
    ? plainFields(text)
    : { scope: `${resource.replace(/\/+$/, '')}/.default` };
}

function plainFields(text: Text): Record<string, string> {
  const fields = { scope: text('scopes'), resource: text('resource'), audience: text('audience') };
  return Object.fromEntries(
    Object.entries(fields).filter(
      (one): one is [string, string] => one[1] !== undefined && one[1] !== '',
    ),
  );
}
