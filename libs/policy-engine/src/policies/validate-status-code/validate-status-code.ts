import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { definePolicy } from '../../pipeline/policy.js';
import { choice, integer, text } from '../../values/attribute-rule.js';
import { settleFaults, validationActions } from '../../validation/validation-errors.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { responseOf } from '../validate-content/content-check.js';

const attributes = {
  'unspecified-status-code-action': choice(validationActions, { required: true }),
  'errors-variable-name': text({ expression: false }),
};
const codeAttributes = {
  code: integer({ required: true, least: 100, most: 999, expression: false }),
  action: choice(validationActions, { required: true }),
};

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly codes: readonly ParsedAttributes<typeof codeAttributes>[];
}

/** Checks the status code against the API definition; overrides are about unspecified codes only. */
export const validateStatusCode = definePolicy<Config>({
  element: 'validate-status-code',
  sections: ['outbound', 'on-error'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    const codes = report.children(xml, { 'status-code': {} })['status-code'];
    return { settings, codes: codes.map((element) => report.attributes(element, codeAttributes)) };
  },
  compile({ settings, codes }, compiler) {
    const unspecified = compiler.value(settings['unspecified-status-code-action']);
    const variable = settings['errors-variable-name']?.literal;
    const own = new Map(
      codes.map(({ code, action }) => [code.literal ?? 0, compiler.value(action)]),
    );
    return (context) => {
      const { response } = context;
      const definition = context.parts.operation?.definition;
      if (!response || !definition || responseOf(definition, response.statusCode)) return;
      const action = (own.get(response.statusCode) ?? unspecified).evaluate(context);
      const message = `Response status code ${response.statusCode} is not allowed.`;
      settleFaults(
        context,
        [{ rule: 'UnspecifiedStatusCode', name: String(response.statusCode), message, action }],
        { variable, response: true },
      );
    };
  },
});
