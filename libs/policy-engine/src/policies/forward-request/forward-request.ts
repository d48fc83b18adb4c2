import { Response } from '../../model/message.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { TransportError } from '../../ports/http.js';
import type { ForwardOptions } from '../../ports/forward.js';
import { choice, flag, integer } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  timeout: integer({ default: 300, least: 0 }),
  'timeout-ms': integer({ least: 0 }),
  'continue-timeout': integer({ least: 0 }),
  'http-version': choice(['1', '2or1', '2'], { default: '1', expression: false }),
  'follow-redirects': flag({ default: false }),
  'buffer-request-body': flag({ default: false }),
  'buffer-response': flag({ default: true }),
  'fail-on-error-status-code': flag({ default: false }),
};

/** Sends the request to the backend; the response streams on unless a later step reads its body. */
export const forwardRequest = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'forward-request',
  sections: ['backend'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    if (xml.attribute('timeout') && xml.attribute('timeout-ms'))
      report.problem('duplicate', "Only one of 'timeout' and 'timeout-ms' may be given.", xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const timeout = compiler.value(config.timeout);
    const timeoutMs = compiler.value(config['timeout-ms']);
    const continueTimeout = compiler.value(config['continue-timeout']);
    const followRedirects = compiler.value(config['follow-redirects']);
    const bufferRequestBody = compiler.value(config['buffer-request-body']);
    const bufferResponse = compiler.value(config['buffer-response']);
    const failOnError = compiler.value(config['fail-on-error-status-code']);
    const httpVersion = config['http-version'].literal ?? '1';
    const optionsOf = (context: PolicyContext): ForwardOptions => {
      const wait = continueTimeout?.evaluate(context);
      return {
        timeout: timeoutMs?.evaluate(context) ?? timeout.evaluate(context) * 1000,
        ...(wait === undefined ? {} : { continueTimeout: wait * 1000 }),
        httpVersion,
        followRedirects: followRedirects.evaluate(context),
        bufferRequestBody: bufferRequestBody.evaluate(context),
        bufferResponse: bufferResponse.evaluate(context),
      };
    };
    const neverFails = failOnError.constant === false;
    const settle = (context: PolicyContext): void => {
      if (!failOnError.evaluate(context)) return;
      const { statusCode } = context.response!;
      if (statusCode >= 400 && statusCode < 600) {
        throw new PolicyError(
          'BackendErrorStatusCode',
          `The backend answered with status code ${statusCode}.`,
          { statusCode, keepResponse: true },
        );
      }
    };
    return (context) => {
      const options = optionsOf(context);
      const { body } = context.request;
      const reading =
        options.bufferRequestBody || options.followRedirects ? body?.buffer() : undefined;
      const answer = reading
        ? reading.then(() => forward(context, options))
        : forward(context, options);
      return neverFails ? answer : answer.then(() => settle(context));
    };
  },
});

function forward(context: PolicyContext, options: ForwardOptions): PromiseLike<void> {
  if (context.recorder) {
    const { request } = context;
    context.record('forward-request', {
      message: `Request is being forwarded to the backend service. Timeout set to ${options.timeout / 1000} seconds`,
      request: {
        method: request.method,
        url: request.url.toString(),
        headers: listed(request.headers),
      },
    });
  }
  context.response = null;
  return context.ports.forward.forward(context, options).then(
    (response) => {
      context.setResponse(response);
      if (context.recorder) {
        context.record('forward-request', {
          response: {
            status: { code: response.statusCode, reason: response.statusReason },
            headers: listed(response.headers),
          },
        });
      }
    },
    (error: unknown) => {
      // A retry sees a response with status 500 (apim-observed 1.4).
      context.setResponse(new Response(500));
      if (error instanceof TransportError || error instanceof PolicyError) throw error;
      throw new TransportError('BackendConnectionFailure', undefined, { cause: error });
    },
  );
}

function listed(headers: Iterable<[string, readonly string[]]>): { name: string; value: string }[] {
  return [...headers].map(([name, values]) => ({ name, value: values.join(',') }));
}
