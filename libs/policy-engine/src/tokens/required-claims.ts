import type { PolicyElement } from '../document/policy-element.js';
import type { PolicyCompiler } from '../composition/policy-compiler.js';
import type { Report } from '../composition/report.js';
import type { PolicyContext } from '../pipeline/context.js';
import { PolicyError } from '../pipeline/policy-error.js';
import { choice, text } from '../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../values/value-source.js';

const attributes = {
  name: text({ required: true }),
  match: choice(['all', 'any'], { default: 'all' }),
  separator: text(),
};

/** One `claim` element. */
export interface ClaimConfig {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly values: readonly ValueSource<string>[];
}

/** Reads `required-claims`. */
export function parseRequiredClaims(xml: PolicyElement | undefined, report: Report): ClaimConfig[] {
  if (!xml) return [];
  report.attributes(xml, {});
  return report.children(xml, { claim: { least: 1 } }).claim.map((element) => ({
    settings: report.attributes(element, attributes),
    values: report.children(element, { value: {} }).value.map((value) => report.text(value)),
  }));
}

/** Throws TokenClaimNotFound or TokenClaimValueNotAllowed. */
export type ClaimCheck = (
  context: PolicyContext,
  claims: ReadonlyMap<string, readonly string[]>,
) => void;

/** A function that checks the claims of a token. */
export function compileRequiredClaims(
  configs: readonly ClaimConfig[],
  compiler: PolicyCompiler,
): ClaimCheck {
  const claims = configs.map(({ settings, values }) => ({
    name: compiler.value(settings.name),
    match: compiler.value(settings.match),
    separator: compiler.value(settings.separator),
    values: values.map((value) => compiler.value(value)),
  }));
  return (context, present) => {
    for (const claim of claims) {
      const name = claim.name.evaluate(context);
      const found = present.get(name);
      if (!found)
        throw new PolicyError(
          'TokenClaimNotFound',
          `JWT token is missing the following claims: ${name}. Access denied.`,
        );
      const separator = claim.separator?.evaluate(context);
      const held = separator
        ? found.flatMap((value) => value.split(separator).map((part) => part.trim()))
        : found;
      const wanted = claim.values.map((value) => value.evaluate(context));
      const has = (value: string): boolean => held.includes(value);
      const allowed =
        wanted.length === 0 ||
        (claim.match.evaluate(context) === 'any' ? wanted.some(has) : wanted.every(has));
      if (!allowed)
        throw new PolicyError(
          'TokenClaimValueNotAllowed',
          `Claim ${name} value of ${found.join(',')} is not allowed. Access denied.`,
        );
    }
  };
}
