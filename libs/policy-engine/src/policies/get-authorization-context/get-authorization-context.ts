import { netAuthorization } from '@isthmus/policy-expressions';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, flag, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  'provider-id': text({ required: true }),
  'authorization-id': text({ required: true }),
  'context-variable-name': text({ required: true, expression: false }),
  'identity-type': choice(['managed', 'jwt'], { default: 'managed' }),
  identity: text(),
  'ignore-error': flag({ default: false }),
};

/** Puts the access token of a stored authorization into a variable (type Authorization). */
export const getAuthorizationContext = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'get-authorization-context',
  sections: ['inbound'],
  scopes: ['global', 'product', 'api', 'operation'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const providerId = compiler.value(config['provider-id']);
    const authorizationId = compiler.value(config['authorization-id']);
    const identityType = compiler.value(config['identity-type']);
    const identity = compiler.value(config.identity);
    const ignoreError = compiler.value(config['ignore-error']);
    const variable = config['context-variable-name'].literal ?? '';
    return async (context) => {
      const bearer = identity?.evaluate(context);
      const request = {
        providerId: providerId.evaluate(context),
        authorizationId: authorizationId.evaluate(context),
        identityType: identityType.evaluate(context),
        ...(bearer === undefined ? {} : { identity: bearer }),
      };
      try {
        const found = await context.ports.tokens.authorization(request);
        if (!found)
          throw new PolicyError(
            'AuthorizationNotFound',
            `Authorization '${request.authorizationId}' of provider '${request.providerId}' could not be found.`,
          );
        context.variables.set(variable, netAuthorization(found.accessToken, found.claims));
      } catch (error) {
        if (!ignoreError.evaluate(context))
          throw error instanceof PolicyError
            ? error
            : new PolicyError('AuthorizationFailure', String(error));
        context.variables.set(variable, null);
        context.ports.log.warn('get-authorization-context failed', {
          requestId: context.requestId,
          message: String(error),
        });
      }
    };
  },
});
