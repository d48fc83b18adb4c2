import type { PolicyCompiler } from '../composition/policy-compiler.js';
import type { Body } from '../model/body.js';
import { Headers } from '../model/headers.js';
import type { PolicyContext } from '../pipeline/context.js';
import { PolicyError } from '../pipeline/policy-error.js';
import { toPolicyError } from '../pipeline/to-policy-error.js';
import { choice, flag, integer, text } from '../values/attribute-rule.js';
import { responseVariable } from '../values/response-variable.js';
import type { ParsedAttributes } from '../values/value-source.js';

/** Address of the Dapr sidecar (Dapr runtime, default HTTP port). */
const sidecar = 'http://localhost:3500';

/** Attributes that the Dapr policies share. */
export const daprAttributes = {
  'ignore-error': flag({ default: false }),
  'response-variable-name': text({ expression: false }),
  timeout: integer({ default: 5, least: 1, most: 240 }),
  template: choice(['Liquid', 'none'], { default: 'none', expression: false }),
  'content-type': text({ default: 'application/json' }),
};

/** A function that posts to the sidecar and settles errors as the attributes say. */
export function callDapr(
  settings: ParsedAttributes<typeof daprAttributes>,
  compiler: PolicyCompiler,
): (context: PolicyContext, path: string, body: Body) => Promise<void> {
  const ignoreError = compiler.value(settings['ignore-error']);
  const timeout = compiler.value(settings.timeout);
  const contentType = compiler.value(settings['content-type']);
  const variable = settings['response-variable-name']?.literal;
  return async (context, path, body) => {
    try {
      const response = await context.ports.http.send({
        method: 'POST',
        url: sidecar + path,
        headers: Headers.from([['Content-Type', contentType.evaluate(context)]]),
        body,
        timeout: timeout.evaluate(context) * 1000,
        signal: context.signal,
        bodyRoom: context.parts.bodyRoom,
      });
      await response.body?.buffer();
      if (variable) context.variables.set(variable, responseVariable(response));
      if (response.statusCode >= 400)
        throw new PolicyError(
          'DaprFailure',
          `The Dapr sidecar answered with status code ${response.statusCode}.`,
        );
    } catch (error) {
      if (!ignoreError.evaluate(context)) throw toPolicyError(error);
      context.ports.log.warn('Dapr call failed', {
        requestId: context.requestId,
        message: String(error),
      });
    }
  };
}
