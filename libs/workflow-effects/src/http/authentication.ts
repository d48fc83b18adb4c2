import { worded } from '@isthmus/workflow-engine';
import { memberOf, textOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import { ExchangeError } from './exchange-error.js';

/** What an authentication object adds to a request. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly certificate?: { readonly pfx: Buffer; readonly password: string };
}

/** Access tokens for other services, cached by whoever implements it. */
export interface TokenSource {
  /** A token for the workload itself (managed identity). @param identity of a user-assigned one */
  managedIdentity(
    audience: string,
    identity: string | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  /** A token of the OAuth client credentials flow. */
  clientCredentials(request: ClientCredentials, signal: AbortSignal): Promise<string>;
}

export interface ClientCredentials {
  readonly authority: string;
  readonly tenant: string;
  readonly audience: string;
  readonly clientId: string;
  readonly secret?: string;
  readonly certificate?: { readonly pfx: Buffer; readonly password: string };
}

/**
 * What the authentication object of an action or connection adds to its requests.
 * @param audience used where the object names none
 * @throws ExchangeError when the object is not complete or its type not known
 */
export async function credentialsOf(
  authentication: WorkflowObject | undefined,
  tokens: TokenSource,
  use: { readonly audience: string; readonly signal: AbortSignal },
): Promise<Credentials> {
  if (!authentication) return { headers: {} };
  const member = (name: string): string => textOf(memberOf(authentication, name) ?? null);
  switch (member('type').toLowerCase()) {
    case 'none':
    case '':
      return { headers: {} };
    case 'basic':
      return {
        headers: {
          Authorization: `Basic ${Buffer.from(`${member('username')}:${member('password')}`).toString('base64')}`,
        },
      };
    case 'raw':
      return rawCredentials(member);
    case 'querystring':
      return { headers: {}, query: { [member('name')]: member('value') } };
    case 'clientcertificate':
      return { headers: {}, certificate: certificateOf(member) };
    case 'activedirectoryoauth':
      return bearer(await tokens.clientCredentials(clientOf(member), use.signal));
    case 'managedserviceidentity': {
      const identity = member('identity');
      const audience = member('audience') || use.audience;
      return bearer(
        await tokens.managedIdentity(audience, identity === '' ? undefined : identity, use.signal),
      );
    }
    default:
      throw new ExchangeError(
        'BadRequest',
        worded`The authentication type '${member('type')}' is not supported.`,
        false,
      );
  }
}

/** `Raw`: a whole header value, or a scheme and its parameter (connections.json). */
function rawCredentials(member: (name: string) => string): Credentials {
  const scheme = member('scheme');
  const value =
    member('value') || (scheme === '' ? member('parameter') : `${scheme} ${member('parameter')}`);
  return { headers: { Authorization: value } };
}

function certificateOf(member: (name: string) => string): { pfx: Buffer; password: string } {
  const pfx = Buffer.from(member('pfx'), 'base64');
  if (pfx.length === 0)
    throw new ExchangeError(
      'BadRequest',
      "The authentication type 'ClientCertificate' needs 'pfx'.",
      false,
    );
  return { pfx, password: member('password') };
}

function clientOf(member: (name: string) => string): ClientCredentials {
  const secret = member('secret');
  return {
    authority: member('authority') || 'https://login.microsoftonline.com',
    tenant: member('tenant'),
    audience: member('audience'),
    clientId: member('clientId'),
    ...(secret === '' ? { certificate: certificateOf(member) } : { secret }),
  };
}

function bearer(token: string): Credentials {
  return { headers: { Authorization: `Bearer ${token}` } };
}
