import { definePolicy, everySection } from '../../pipeline/policy.js';
import { choice, integer } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import {
  compileOutgoing,
  parseOutgoing,
  type OutgoingConfig,
} from '../send-request/outgoing-request.js';

const attributes = {
  mode: choice(['new', 'copy'], { default: 'new' }),
  timeout: integer({ default: 60, least: 1 }),
};

/** Sends a request and does not wait for the answer; what becomes of it is only logged. */
export const sendOneWayRequest = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  outgoing: OutgoingConfig;
}>({
  element: 'send-one-way-request',
  sections: everySection,
  attributes,
  parse: (xml, report) => ({
    settings: report.attributes(xml, attributes),
    outgoing: parseOutgoing(xml, report),
  }),
  compile({ settings, outgoing }, compiler) {
    const prepare = compileOutgoing(outgoing, compiler, settings.mode);
    const timeout = compiler.value(settings.timeout);
    return async (context) => {
      const { signal: _caller, ...request } = await prepare(
        context,
        timeout.evaluate(context) * 1000,
      );
      context.ports.http.send({ ...request, oneWay: true }).catch((error: unknown) => {
        context.ports.log.warn('send-one-way-request failed', {
          requestId: context.requestId,
          message: String(error),
        });
      });
    };
  },
});
