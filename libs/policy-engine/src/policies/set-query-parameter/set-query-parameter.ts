import { definePolicy } from '../../pipeline/policy.js';
import { choice, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  name: text({ required: true }),
  'exists-action': choice(['override', 'skip', 'append', 'delete'], { default: 'override' }),
};

/** Sets, appends or deletes a query parameter of the request that is forwarded. */
export const setQueryParameter = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  values: ValueSource<string>[];
}>({
  element: 'set-query-parameter',
  sections: ['inbound', 'backend'],
  attributes,
  parse(xml, report) {
    const settings = report.attributes(xml, attributes);
    const { value } = report.children(xml, { value: {} });
    return { settings, values: value.map((element) => report.text(element)) };
  },
  compile(config, compiler) {
    const name = compiler.value(config.settings.name);
    const action = compiler.value(config.settings['exists-action']);
    const values = config.values.map((value) => compiler.value(value));
    return (context) => {
      const { query } = context.request.url;
      const parameter = name.evaluate(context);
      switch (action.evaluate(context)) {
        case 'delete':
          query.delete(parameter);
          return;
        case 'append':
          for (const value of values) query.append(parameter, value.evaluate(context));
          return;
        case 'skip':
          if (query.has(parameter)) return;
          break;
        case 'override':
      }
      query.set(
        parameter,
        values.map((value) => value.evaluate(context)),
      );
    };
  },
});
