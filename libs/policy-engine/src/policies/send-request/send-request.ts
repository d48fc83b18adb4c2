import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { toPolicyError } from '../../pipeline/to-policy-error.js';
import { choice, flag, integer, text } from '../../values/attribute-rule.js';
import { responseVariable } from '../../values/response-variable.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { compileOutgoing, parseOutgoing, type OutgoingConfig } from './outgoing-request.js';

const attributes = {
  mode: choice(['new', 'copy'], { default: 'new' }),
  'response-variable-name': text({ required: true, expression: false }),
  timeout: integer({ default: 60, least: 1 }),
  'ignore-error': flag({ default: false }),
  'fail-on-error-status-code': flag({ default: false }),
  // The variable holds the whole response either way.
  'buffer-response': flag({ default: true }),
};

/** Calls another service and keeps its answer in a variable (IResponse). */
export const sendRequest = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  outgoing: OutgoingConfig;
}>({
  element: 'send-request',
  sections: everySection,
  attributes,
  parse: (xml, report) => ({
    settings: report.attributes(xml, attributes),
    outgoing: parseOutgoing(xml, report),
  }),
  compile({ settings, outgoing }, compiler) {
    const prepare = compileOutgoing(outgoing, compiler, settings.mode);
    const timeout = compiler.value(settings.timeout);
    const ignoreError = compiler.value(settings['ignore-error']);
    const failOnError = compiler.value(settings['fail-on-error-status-code']);
    const variable = settings['response-variable-name'].literal ?? '';
    return async (context) => {
      const ignore = ignoreError.evaluate(context);
      try {
        const request = await prepare(context, timeout.evaluate(context) * 1000);
        if (context.recorder)
          context.record('send-request', {
            message: 'Request is being sent.',
            request: { method: request.method, url: request.url },
          });
        const response = await context.ports.http.send(request);
        await response.body?.buffer();
        const { statusCode } = response;
        if (failOnError.evaluate(context) && statusCode >= 400 && statusCode < 600)
          throw new PolicyError(
            'BackendErrorStatusCode',
            `The service answered with status code ${statusCode}.`,
          );
        context.variables.set(variable, responseVariable(response));
        if (context.recorder)
          context.record('send-request', {
            message: 'Response was received.',
            response: { status: { code: response.statusCode, reason: response.statusReason } },
          });
      } catch (error) {
        fail(error, ignore, { context, variable });
      }
    };
  },
});

function fail(
  error: unknown,
  ignore: boolean,
  { context, variable }: { context: PolicyContext; variable: string },
): void {
  const failure = toPolicyError(error);
  // Mistakes of the policy itself are not ignored, only those of the call.
  if (!ignore || failure.reason === 'ExpressionValueEvaluationFailure')
    throw failure.reason === 'InternalError' ? connectionFailure(failure) : failure;
  context.variables.set(variable, null);
  if (context.recorder)
    context.record('send-request', { message: 'The error was ignored.', details: failure.message });
}

function connectionFailure(failure: PolicyError): PolicyError {
  const error = new PolicyError('BackendConnectionFailure', failure.message);
  error.cause = failure.cause;
  return error;
}
