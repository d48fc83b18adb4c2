import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { definePolicy } from '../../pipeline/policy.js';
import { choice, text } from '../../values/attribute-rule.js';
import { checkParameter } from '../../validation/parameter-check.js';
import { standardResponseHeaders } from '../../validation/standard-headers.js';
import {
  settleFaults,
  validationActions,
  type ValidationAction,
  type ValidationFault,
} from '../../validation/validation-errors.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { responseOf } from '../validate-content/content-check.js';

const attributes = {
  'specified-header-action': choice(validationActions, { required: true }),
  'unspecified-header-action': choice(validationActions, { required: true }),
  'errors-variable-name': text({ expression: false }),
};
const headerAttributes = {
  name: text({ required: true, expression: false }),
  action: choice(validationActions, { required: true }),
};

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly headers: readonly ParsedAttributes<typeof headerAttributes>[];
}

/** Checks the headers of the response against the API definition. */
export const validateHeaders = definePolicy<Config>({
  element: 'validate-headers',
  sections: ['outbound', 'on-error'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    return {
      settings,
      headers: report
        .children(xml, { header: {} })
        .header.map((element) => report.attributes(element, headerAttributes)),
    };
  },
  compile({ settings, headers }, compiler) {
    const specified = compiler.value(settings['specified-header-action']);
    const unspecified = compiler.value(settings['unspecified-header-action']);
    const variable = settings['errors-variable-name']?.literal;
    const own = new Map(
      headers.map(({ name, action }) => [
        (name.literal ?? '').toLowerCase(),
        compiler.value(action),
      ]),
    );
    return (context) => {
      const { response } = context;
      const definition = context.parts.operation?.definition;
      if (!response || !definition) return;
      const defined = responseOf(definition, response.statusCode)?.headers ?? [];
      const faults: ValidationFault[] = [];
      const add = (name: string, rule: string, message: string, action: ValidationAction): void => {
        if (action !== 'ignore') faults.push({ rule, name, message, action });
      };
      for (const header of defined) {
        const action = (own.get(header.name.toLowerCase()) ?? specified).evaluate(context);
        const values = response.headers.get(header.name);
        const why = values
          ? checkParameter(header, values, definition)
          : header.required
            ? 'The header is required.'
            : undefined;
        if (why !== undefined)
          add(
            header.name,
            'IncorrectHeader',
            `Header ${header.name} does not conform to the definition. ${why}`,
            action,
          );
      }
      for (const name of response.headers.names()) {
        const key = name.toLowerCase();
        if (
          standardResponseHeaders.has(key) ||
          defined.some((header) => header.name.toLowerCase() === key)
        )
          continue;
        add(
          name,
          'UnspecifiedHeader',
          `Unspecified header ${name} is not allowed.`,
          (own.get(key) ?? unspecified).evaluate(context),
        );
      }
      settleFaults(context, faults, { variable, response: true });
    };
  },
});
