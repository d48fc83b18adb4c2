import { builtBody } from '../../pipeline/built-body.js';
import { replaceBody } from '../../model/message.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = { 'callback-parameter-name': text({ required: true }) };
const identifier = /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$/;

/** Wraps a JSON response in a call of the function that the query names. */
export const jsonp = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'jsonp',
  sections: ['outbound'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const parameter = compiler.value(config['callback-parameter-name']);
    compiler.needs('response-body');
    return (context) => {
      const name = parameter.evaluate(context);
      const callback = context.request.originalUrl.query.get(name)?.[0];
      const { response } = context;
      if (callback === undefined || !response) return;
      if (!identifier.test(callback)) {
        const message = `Value of callback parameter ${name} is not a valid JavaScript identifier.`;
        throw new PolicyError('CallbackParameterInvalid', message, { statusCode: 400, message });
      }
      replaceBody(response, builtBody(context, `${callback}(${response.body?.text ?? ''})`));
      response.headers.set('Content-Type', 'application/javascript');
      // A browser must not guess another type for what a caller can influence.
      response.headers.set('X-Content-Type-Options', 'nosniff');
    };
  },
});
