import { readJwt, type JsonWebKey, type Jwt } from '@isthmus/dotnet';
import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import {
  compileRequiredClaims,
  parseRequiredClaims,
  type ClaimCheck,
  type ClaimConfig,
} from '../../tokens/required-claims.js';
import { checkToken, decryptToken, discoverAll } from '../../tokens/token-check.js';
import {
  checkTokenSource,
  listedTexts,
  tokenAttributes,
  tokenStep,
} from '../../tokens/token-source.js';
import { text } from '../../values/attribute-rule.js';
import type { Value } from '../../values/value.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  ...tokenAttributes,
  'tenant-id': text({ required: true }),
  'authentication-endpoint': text({ default: 'https://login.microsoftonline.com' }),
};
const keyAttributes = { 'certificate-id': text({ required: true }) };

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly clients: readonly ValueSource<string>[];
  readonly backends: readonly ValueSource<string>[];
  readonly audiences: readonly ValueSource<string>[];
  readonly claims: readonly ClaimConfig[];
  readonly decryptionKeys: readonly ValueSource<string>[];
}

/** Lets only requests with a valid token of a Microsoft Entra tenant pass. */
export const validateAzureAdToken = definePolicy<Config>({
  element: 'validate-azure-ad-token',
  sections: ['inbound'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    checkTokenSource(settings, { xml, report, least: 0 });
    const once = { most: 1 };
    const found = report.children(xml, {
      'client-application-ids': once,
      'backend-application-ids': once,
      audiences: once,
      'required-claims': once,
      'decryption-keys': once,
    });
    const [decryption] = found['decryption-keys'];
    return {
      settings,
      clients: listedTexts(found['client-application-ids'][0], 'application-id', report),
      backends: listedTexts(found['backend-application-ids'][0], 'application-id', report),
      audiences: listedTexts(found.audiences[0], 'audience', report),
      claims: parseRequiredClaims(found['required-claims'][0], report),
      decryptionKeys: decryption
        ? report
            .children(decryption, { key: {} })
            .key.map((element) => report.attributes(element, keyAttributes)['certificate-id'])
        : [],
    };
  },
  compile(config, compiler) {
    const { settings } = config;
    const values = (list: readonly ValueSource<string>[]): Value<string>[] =>
      list.map((value) => compiler.value(value));
    const plan: Plan = {
      tenant: compiler.value(settings['tenant-id']),
      endpoint: compiler.value(settings['authentication-endpoint']),
      clients: values(config.clients),
      backends: values(config.backends),
      audiences: values(config.audiences),
      claims: compileRequiredClaims(config.claims, compiler),
      decryption: values(config.decryptionKeys),
    };
    return tokenStep(settings, compiler, {
      validate: (token, context) => validate(plan, token, context),
    });
  },
});

interface Plan {
  readonly tenant: Value<string>;
  readonly endpoint: Value<string>;
  readonly clients: readonly Value<string>[];
  readonly backends: readonly Value<string>[];
  readonly audiences: readonly Value<string>[];
  readonly claims: ClaimCheck;
  readonly decryption: readonly Value<string>[];
}

const sharedTenants: ReadonlySet<string> = new Set(['common', 'organizations', 'consumers']);
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function validate(plan: Plan, presented: string, context: PolicyContext): Promise<Jwt> {
  const certificates = plan.decryption.flatMap(
    (id) => context.ports.resources.certificate({ id: id.evaluate(context) }) ?? [],
  );
  const token = await decryptToken(presented, certificates);
  const tenant = plan.tenant.evaluate(context).trim();
  const endpoint = plan.endpoint.evaluate(context).trim().replace(/\/+$/, '');
  const base = /^https?:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
  const url = `${base}/${tenant}/v2.0/.well-known/openid-configuration`;
  const audiences = audiencesOf(plan, context);
  const attempt = async (refresh: boolean): Promise<Jwt> => {
    const [provider] = await discoverAll([url], context, refresh);
    const rules = {
      keys: provider!.keys as unknown as JsonWebKey[],
      issuers: issuersOf({ tenant, base, discovered: provider!.issuer }, token),
      audiences,
      requireExpirationTime: true,
      requireSignedTokens: true,
      clockSkew: 0,
    };
    return checkToken(token, rules, context);
  };
  let jwt: Jwt;
  try {
    jwt = await attempt(false);
  } catch (error) {
    if (!(error instanceof PolicyError) || error.reason !== 'TokenSignatureKeyNotFound')
      throw error;
    jwt = await attempt(true);
  }
  checkClient(plan, jwt, context);
  plan.claims(context, jwt.claims);
  return jwt;
}

function audiencesOf(plan: Plan, context: PolicyContext): string[] | undefined {
  const audiences = plan.audiences.map((value) => value.evaluate(context));
  for (const value of plan.backends) {
    const id = value.evaluate(context);
    audiences.push(id, `api://${id}`);
  }
  return audiences.length > 0 ? audiences : undefined;
}

/** Version 1 and 2 forms of the tenant's issuer. Shared tenants take the tenant that the token names. */
function issuersOf(
  { tenant, base, discovered }: { tenant: string; base: string; discovered: string },
  token: string,
): string[] {
  let id = guid.test(tenant)
    ? tenant
    : /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(discovered)?.[0];
  if (sharedTenants.has(tenant.toLowerCase())) {
    try {
      id = readJwt(token).claims.get('tid')?.[0];
    } catch {
      id = undefined;
    }
    if (!id || !guid.test(id)) return [];
    return [
      `https://sts.windows.net/${id}/`,
      `${base}/${id}/v2.0`,
      discovered.replace(/\{tenantid\}/i, id),
    ];
  }
  return id === undefined
    ? [discovered]
    : [discovered, `https://sts.windows.net/${id}/`, `${base}/${id}/v2.0`];
}

/** The application that the token was made for: `appid` in version 1, `azp` in version 2. */
function checkClient(plan: Plan, jwt: Jwt, context: PolicyContext): void {
  if (plan.clients.length === 0) return;
  const client = (jwt.claims.get('azp') ?? jwt.claims.get('appid'))?.[0];
  if (client === undefined)
    throw new PolicyError(
      'TokenClaimNotFound',
      'JWT token is missing the following claims: appid. Access denied.',
    );
  if (plan.clients.some((value) => value.evaluate(context).toLowerCase() === client.toLowerCase()))
    return;
  throw new PolicyError(
    'TokenClaimValueNotAllowed',
    `Claim appid value of ${client} is not allowed. Access denied.`,
  );
}
