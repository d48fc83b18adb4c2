import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import { isHeaderName } from '../../model/headers.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import type { ValueSource } from '../../values/value-source.js';

/** Reads a set-method element. */
export function parseSetMethod(xml: PolicyElement, report: Report): ValueSource<string> {
  report.attributes(xml, {});
  return report.text(xml);
}

/** A function that gives the verb. */
export function compileSetMethod(
  config: ValueSource<string>,
  compiler: PolicyCompiler,
): (context: PolicyContext) => string {
  const method = compiler.value(config);
  return (context) => {
    const verb = method.evaluate(context).trim();
    if (!isHeaderName(verb))
      throw new PolicyError('MethodInvalid', `The method '${verb}' is not valid.`, {
        statusCode: 400,
      });
    return verb.toUpperCase();
  };
}

/** Changes the method of the request that is forwarded; the matched operation stays. */
export const setMethod = definePolicy<ValueSource<string>>({
  element: 'set-method',
  sections: ['inbound', 'backend', 'on-error'],
  attributes: {},
  parse: parseSetMethod,
  compile(config, compiler) {
    const method = compileSetMethod(config, compiler);
    return (context) => {
      context.request.method = method(context);
    };
  },
});
