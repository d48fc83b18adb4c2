import type { OrchestratorSettings } from './app.module.js';
import type { OutgoingSettings } from './runner/performers.js';

/**
 * Where calls may go and as whom, from the settings.
 * @throws Error that names the setting that is wrong
 */
export function outgoingOf(settings: OrchestratorSettings): OutgoingSettings {
  const identity = identityOf(settings);
  return {
    allowPrivateAddresses: settings.allowPrivateAddresses,
    serviceProviders: addresses('serviceProviders', settings.serviceProviders),
    resources: addresses('resourceAddresses', settings.resourceAddresses),
    ...(identity && { identity }),
  };
}

function identityOf(settings: OrchestratorSettings): OutgoingSettings['identity'] {
  const { identityClientId: clientId, identityTenant: tenant } = settings;
  const { identitySecret: secret, identityTokenFile: tokenFile } = settings;
  if (clientId === undefined || tenant === undefined) return undefined;
  const client = { authority: settings.identityAuthority, tenant, clientId };
  if (tokenFile !== undefined) return { kind: 'workload', ...client, tokenFile };
  if (secret !== undefined) return { kind: 'client', ...client, secret };
  throw new Error('identityClientId needs identitySecret or identityTokenFile');
}

/** `name=url` entries. */
function addresses(setting: string, entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      const url = entry.slice(at + 1);
      if (at <= 0 || !URL.canParse(url))
        throw new Error(`${setting}: '${entry}' is not of the form name=url`);
      return [entry.slice(0, at).toLowerCase(), url];
    }),
  );
}
