import { createPublicKey, X509Certificate } from 'node:crypto';
import type { JsonWebKey, Jwt } from '@isthmus/dotnet';
import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import type { CertificateInfo } from '../../model/entities.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import {
  compileRequiredClaims,
  parseRequiredClaims,
  type ClaimConfig,
} from '../../tokens/required-claims.js';
import { decryptToken } from '../../tokens/token-check.js';
import {
  checkTokenSource,
  listedTexts,
  tokenAttributes,
  tokenStep,
} from '../../tokens/token-source.js';
import { flag, integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';
import { checkSigned, type KeyOf, type TokenPlan } from './token-plan.js';

const attributes = {
  ...tokenAttributes,
  'require-expiration-time': flag({ default: true }),
  'require-scheme': text(),
  'require-signed-tokens': flag({ default: true }),
  'clock-skew': integer({ default: 0, least: 0 }),
};
const configAttributes = { url: text({ required: true }) };
const keyAttributes = { id: text(), 'certificate-id': text(), n: text(), e: text() };

interface KeyConfig {
  readonly settings: ParsedAttributes<typeof keyAttributes>;
  readonly secret: ValueSource<string>;
}

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly openid: readonly ValueSource<string>[];
  readonly signingKeys: readonly KeyConfig[];
  readonly decryptionKeys: readonly KeyConfig[];
  readonly audiences: readonly ValueSource<string>[];
  readonly issuers: readonly ValueSource<string>[];
  readonly claims: readonly ClaimConfig[];
}

/** Lets only requests with a valid JSON web token pass. */
export const validateJwt = definePolicy<Config>({
  element: 'validate-jwt',
  sections: ['inbound'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    checkTokenSource(settings, { xml, report, least: 1 });
    const once = { most: 1 };
    const found = report.children(xml, {
      'openid-config': {},
      'issuer-signing-keys': once,
      'decryption-keys': once,
      audiences: once,
      issuers: once,
      'required-claims': once,
    });
    return {
      settings,
      openid: found['openid-config'].map(
        (element) => report.attributes(element, configAttributes).url,
      ),
      signingKeys: keys(found['issuer-signing-keys'][0], report),
      decryptionKeys: keys(found['decryption-keys'][0], report),
      audiences: listedTexts(found.audiences[0], 'audience', report),
      issuers: listedTexts(found.issuers[0], 'issuer', report),
      claims: parseRequiredClaims(found['required-claims'][0], report),
    };
  },
  compile(config, compiler) {
    const { settings } = config;
    const plan: TokenPlan = {
      openid: config.openid.map((url) => compiler.value(url)),
      signingKeys: config.signingKeys.map((key) => compileKey(key, compiler)),
      decryption: config.decryptionKeys.map(({ settings: key }) =>
        compiler.value(key['certificate-id']),
      ),
      audiences: config.audiences.map((value) => compiler.value(value)),
      issuers: config.issuers.map((value) => compiler.value(value)),
      claims: compileRequiredClaims(config.claims, compiler),
      requireExpirationTime: compiler.value(settings['require-expiration-time']),
      requireSignedTokens: compiler.value(settings['require-signed-tokens']),
      clockSkew: compiler.value(settings['clock-skew']),
      isFixed: isFixed(config),
      last: undefined,
    };
    return tokenStep(settings, compiler, {
      scheme: compiler.value(settings['require-scheme']),
      validate: (token, context) => {
        const jwt = validate(plan, token, context);
        if (!context.recorder) return jwt;
        return Promise.resolve(jwt).then((valid) => {
          context.record('validate-jwt', { message: 'JWT was validated.' });
          return valid;
        });
      },
    });
  },
});

function keys(xml: PolicyElement | undefined, report: Report): KeyConfig[] {
  if (!xml) return [];
  report.attributes(xml, {});
  return report.children(xml, { key: { least: 1 } }).key.map((element) => {
    const settings = report.attributes(element, keyAttributes);
    const secret = report.text(element);
    const { literal } = secret;
    if (
      !settings['certificate-id'] &&
      !settings.n &&
      literal !== undefined &&
      !report.isOpen(literal) &&
      !isBase64(literal)
    )
      report.problem('invalid-value', "The content of 'key' is invalid - It is not Base64.", {
        text: '',
        offset: secret.offset,
        element: 'key',
      });
    return { settings, secret };
  });
}

/** As Convert.FromBase64String reads it; an empty key is none. */
function isBase64(text: string): boolean {
  const bare = text.replace(/\s/g, '');
  return bare !== '' && bare.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(bare);
}

/** Whether all rules are written down: certificates come from the configuration in force. */
function isFixed({ settings, signingKeys, audiences, issuers }: Config): boolean {
  const values = [
    ...audiences,
    ...issuers,
    settings['require-expiration-time'],
    settings['require-signed-tokens'],
    settings['clock-skew'],
    ...signingKeys.flatMap(({ settings: key, secret }) => [key.id, key.n, key.e, secret]),
  ];
  return (
    signingKeys.every(({ settings: key }) => key['certificate-id'] === undefined) &&
    values.every((value) => value === undefined || value.pieces === undefined)
  );
}

function compileKey({ settings, secret }: KeyConfig, compiler: PolicyCompiler): KeyOf {
  const id = compiler.value(settings.id);
  const certificateId = compiler.value(settings['certificate-id']);
  const n = compiler.value(settings.n);
  const e = compiler.value(settings.e);
  const base64 = compiler.value(secret);
  return (context) => {
    const kid = id?.evaluate(context);
    const named = kid === undefined ? {} : { kid };
    if (certificateId)
      return { ...certificateKey(certificateId.evaluate(context), context), ...named };
    if (n && e)
      return {
        kty: 'RSA',
        n: base64Url(n.evaluate(context)),
        e: base64Url(e.evaluate(context)),
        ...named,
      };
    return { kty: 'oct', k: base64Url(base64.evaluate(context)), ...named };
  };
}

function base64Url(text: string): string {
  return text.replace(/\s/g, '').replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function findCertificate(id: string, context: PolicyContext): CertificateInfo {
  const certificate = context.ports.resources.certificate({ id });
  if (!certificate)
    throw new PolicyError('JwtInvalid', `Certificate '${id}' could not be found. Access denied.`);
  return certificate;
}

function certificateKey(id: string, context: PolicyContext): JsonWebKey {
  const { der } = findCertificate(id, context);
  const jwk = createPublicKey(
    new X509Certificate(der).publicKey.export({ type: 'spki', format: 'pem' }),
  ).export({ format: 'jwk' });
  return jwk as unknown as JsonWebKey;
}

function validate(plan: TokenPlan, presented: string, context: PolicyContext): Jwt | Promise<Jwt> {
  const certificates = plan.decryption.flatMap((id) =>
    id ? [findCertificate(id.evaluate(context), context)] : [],
  );
  return certificates.length > 0
    ? decryptToken(presented, certificates).then((token) => checkSigned(plan, token, context))
    : checkSigned(plan, presented, context);
}
