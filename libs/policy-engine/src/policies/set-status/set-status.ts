import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import { isSafeHeaderValue } from '../../model/headers.js';
import { reasonPhrase } from '../../model/message.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import { expressionFailure } from '../../pipeline/to-policy-error.js';
import { integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = { code: integer({ required: true, least: 100, most: 999 }), reason: text() };

/** What set-status says. */
export type StatusConfig = ParsedAttributes<typeof attributes>;

/** Reads a set-status element. */
export function parseSetStatus(xml: PolicyElement, report: Report): StatusConfig {
  report.empty(xml);
  return report.attributes(xml, attributes);
}

/** A function that changes the status of a response. */
export function compileSetStatus(
  config: StatusConfig,
  compiler: PolicyCompiler,
): (context: PolicyContext, target: { statusCode: number; statusReason: string }) => void {
  const code = compiler.value(config.code);
  const reason = compiler.value(config.reason);
  return (context, target) => {
    target.statusCode = code.evaluate(context);
    const phrase = reason?.evaluate(context) ?? reasonPhrase(target.statusCode);
    if (!isSafeHeaderValue(phrase))
      throw expressionFailure('The reason of a status must not hold line breaks.');
    target.statusReason = phrase;
  };
}

/** Sets status code and reason of the response. */
export const setStatus = definePolicy<StatusConfig>({
  element: 'set-status',
  sections: everySection,
  attributes,
  parse: parseSetStatus,
  compile(config, compiler) {
    const change = compileSetStatus(config, compiler);
    return (context) => {
      const response = context.ensureResponse();
      change(context, response);
      if (context.recorder) {
        context.record('set-status', {
          message: [
            `Response status code was set to ${response.statusCode}`,
            `Response status reason was set to '${response.statusReason}'`,
          ],
        });
      }
    };
  },
});
