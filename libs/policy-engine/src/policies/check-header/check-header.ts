import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { flag, integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  name: text({ required: true }),
  'failed-check-httpcode': integer({ default: 401, least: 100, most: 999 }),
  'failed-check-error-message': text(),
  'ignore-case': flag({ default: false }),
};

/** Refuses requests without a header, or whose header has none of the listed values. */
export const checkHeader = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  values: ValueSource<string>[];
}>({
  element: 'check-header',
  sections: ['inbound'],
  attributes,
  parse(xml, report) {
    const settings = report.attributes(xml, attributes);
    return {
      settings,
      values: report.children(xml, { value: {} }).value.map((element) => report.text(element)),
    };
  },
  compile({ settings, values }, compiler) {
    const name = compiler.value(settings.name);
    const code = compiler.value(settings['failed-check-httpcode']);
    const message = compiler.value(settings['failed-check-error-message']);
    const ignoreCase = compiler.value(settings['ignore-case']);
    const allowed = values.map((value) => compiler.value(value));
    return (context) => {
      const header = name.evaluate(context);
      const fail = (reason: string, why: string): never => {
        throw new PolicyError(reason, why, {
          statusCode: code.evaluate(context),
          message: message?.evaluate(context) ?? why,
        });
      };
      const found = context.request.headers.text(header);
      if (found === undefined)
        return fail(
          'HeaderNotFound',
          `Header ${header} was not found in the request. Access denied.`,
        );
      const fold = (value: string): string =>
        ignoreCase.evaluate(context) ? value.toLowerCase() : value;
      if (
        allowed.length > 0 &&
        !allowed.some((value) => fold(value.evaluate(context)) === fold(found))
      ) {
        fail(
          'HeaderValueNotAllowed',
          `Header ${header} value of ${found} is not allowed. Access denied.`,
        );
      }
      if (context.recorder)
        context.record('check-header', {
          message: 'Header validated.',
          header: { name: header, value: found },
        });
      return undefined;
    };
  },
});
