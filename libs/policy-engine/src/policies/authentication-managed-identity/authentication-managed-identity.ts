import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import type { Headers } from '../../model/headers.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { flag, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  resource: text({ required: true }),
  'client-id': text(),
  'output-token-variable-name': text({ expression: false }),
  'ignore-error': flag({ default: false }),
};

type Config = ParsedAttributes<typeof attributes>;

function parse(xml: PolicyElement, report: Report): Config {
  report.empty(xml);
  return report.attributes(xml, attributes);
}

function compileChange(
  config: Config,
  compiler: PolicyCompiler,
): (context: PolicyContext, target: { headers: Headers }) => Promise<void> {
  const resource = compiler.value(config.resource);
  const clientId = compiler.value(config['client-id']);
  const ignoreError = compiler.value(config['ignore-error']);
  const variable = config['output-token-variable-name']?.literal;
  return async (context, target) => {
    try {
      const token = await context.ports.tokens.managedIdentity(
        resource.evaluate(context),
        clientId?.evaluate(context),
      );
      if (variable === undefined) target.headers.set('Authorization', `Bearer ${token}`);
      else context.variables.set(variable, token);
    } catch (error) {
      if (error instanceof PolicyError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      context.ports.log.warn('authentication-managed-identity failed', {
        requestId: context.requestId,
        message,
      });
      if (!ignoreError.evaluate(context))
        throw new PolicyError('ManagedIdentityTokenFailure', message);
    }
  };
}

/** The same inside send-request. */
export function managedIdentityParts(
  xml: PolicyElement,
  report: Report,
): (
  compiler: PolicyCompiler,
) => (context: PolicyContext, target: { headers: Headers }) => Promise<void> {
  const config = parse(xml, report);
  return (compiler) => compileChange(config, compiler);
}

/** A token of the gateway's identity for the backend, or into a variable. Real documents use it in outbound too. */
export const authenticationManagedIdentity = definePolicy<Config>({
  element: 'authentication-managed-identity',
  sections: ['inbound', 'backend', 'outbound', 'on-error'],
  attributes,
  parse,
  compile(config, compiler) {
    const change = compileChange(config, compiler);
    return (context) => change(context, context.request);
  },
});
