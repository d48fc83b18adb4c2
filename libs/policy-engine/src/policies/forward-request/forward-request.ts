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
    return async (context) => {
      const wait = continueTimeout?.evaluate(context);
      const options: ForwardOptions = {
        timeout: timeoutMs?.evaluate(context) ?? timeout.evaluate(context) * 1000,
        ...(wait === undefined ? {} : { continueTimeout: wait * 1000 }),
        httpVersion,
        followRedirects: followRedirects.evaluate(context),
        bufferRequestBody: bufferRequestBody.evaluate(context),
        bufferResponse: bufferResponse.evaluate(context),
      };
      if (options.bufferRequestBody || options.followRedirects)
        await context.request.body?.buffer();
      await forward(context, options);
      const { statusCode } = context.response!;
      if (failOnError.evaluate(context) && statusCode >= 400 && statusCode < 600) {
        throw new PolicyError(
          'BackendErrorStatusCode',
          `The backend answered with status code ${statusCode}.`,
          { statusCode, keepResponse: true },
        );
      }
    };
  },
});

async function forward(context: PolicyContext, options: ForwardOptions): Promise<void> {
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
  try {
    context.setResponse(await context.ports.forward.forward(context, options));
  } catch (error) {
    // A retry sees a response with status 500 (apim-observed 1.4).
    context.setResponse(new Response(500));
    if (error instanceof TransportError || error instanceof PolicyError) throw error;
    throw new TransportError('BackendConnectionFailure', undefined, { cause: error });
  }
  if (context.recorder) {
    const response = context.response as Response | null;
    context.record('forward-request', {
      response: {
        status: { code: response?.statusCode, reason: response?.statusReason },
        headers: listed(response?.headers ?? []),
      },
    });
  }
}

function listed(headers: Iterable<[string, readonly string[]]>): { name: string; value: string }[] {
  return [...headers].map(([name, values]) => ({ name, value: values.join(',') }));
}
