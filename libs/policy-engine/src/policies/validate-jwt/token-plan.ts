import type { JsonWebKey, Jwt } from '@isthmus/dotnet';
import type { PolicyContext } from '../../pipeline/context.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import type { OpenIdConfiguration } from '../../ports/key-sets.js';
import type { ClaimCheck } from '../../tokens/required-claims.js';
import { checkToken, discoverAll, type TokenRules } from '../../tokens/token-check.js';
import type { Value } from '../../values/value.js';

/** A function that gives a key of the document. */
export type KeyOf = (context: PolicyContext) => JsonWebKey;

/** What a validate-jwt policy asks of tokens, compiled. */
export interface TokenPlan {
  readonly openid: readonly Value<string>[];
  readonly signingKeys: readonly KeyOf[];
  readonly decryption: readonly (Value<string> | undefined)[];
  readonly audiences: readonly Value<string>[];
  readonly issuers: readonly Value<string>[];
  readonly claims: ClaimCheck;
  readonly requireExpirationTime: Value<boolean>;
  readonly requireSignedTokens: Value<boolean>;
  readonly clockSkew: Value<number>;
  /** No rule depends on the call. */
  readonly isFixed: boolean;
  /** The rules of the last call, while they hold. */
  last:
    | { readonly providers: readonly OpenIdConfiguration[]; readonly rules: TokenRules }
    | undefined;
}

/** Checks a token at once where the keys of all providers are at hand. */
export function checkSigned(
  plan: TokenPlan,
  token: string,
  context: PolicyContext,
): Jwt | Promise<Jwt> {
  const urls = plan.openid.map((url) => url.evaluate(context));
  const check = (providers: readonly OpenIdConfiguration[]): Jwt => {
    const jwt = checkToken(token, rulesOf(plan, providers, context), context);
    plan.claims(context, jwt.claims);
    return jwt;
  };
  const again = async (error: unknown): Promise<Jwt> => {
    // A provider may have rolled its keys.
    if (
      urls.length === 0 ||
      !(error instanceof PolicyError) ||
      error.reason !== 'TokenSignatureKeyNotFound'
    )
      throw error;
    return check(await discoverAll(urls, context, true));
  };
  const providers = discoverAll(urls, context, false);
  if (providers instanceof Promise) return providers.then(check).catch(again);
  try {
    return check(providers);
  } catch (error) {
    if (urls.length === 0) throw error;
    return again(error);
  }
}

/** What a token must satisfy; made once where no expression has a say and the providers are those of last time. */
function rulesOf(
  plan: TokenPlan,
  providers: readonly OpenIdConfiguration[],
  context: PolicyContext,
): TokenRules {
  const { last } = plan;
  if (last && sameItems(last.providers, providers)) return last.rules;
  const audiences = plan.audiences.map((value) => value.evaluate(context));
  const issuers = plan.issuers.map((value) => value.evaluate(context));
  const inline = plan.signingKeys.map((key) => key(context));
  const rules: TokenRules = {
    keys: [...inline, ...providers.flatMap((provider) => provider.keys as unknown as JsonWebKey[])],
    // Explicit issuers replace those of the providers (apim-semantics 3.7).
    issuers:
      issuers.length > 0
        ? issuers
        : plan.openid.length > 0
          ? providers.map((provider) => provider.issuer)
          : undefined,
    audiences: audiences.length > 0 ? audiences : undefined,
    requireExpirationTime: plan.requireExpirationTime.evaluate(context),
    requireSignedTokens: plan.requireSignedTokens.evaluate(context),
    clockSkew: plan.clockSkew.evaluate(context),
  };
  if (plan.isFixed) plan.last = { providers, rules };
  return rules;
}

function sameItems<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}
