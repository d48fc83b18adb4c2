import { definePolicy, everySection } from '../../pipeline/policy.js';
import { anyValue, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  name: text({ required: true, expression: false }),
  value: anyValue({ required: true }),
};

/** Keeps a value for later expressions. Expressions keep their .NET type, literals are strings. */
export const setVariable = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'set-variable',
  sections: everySection,
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const name = config.name.literal ?? '';
    const value = compiler.value(config.value);
    const { constant } = value;
    if (constant !== undefined) return (context) => void context.variables.set(name, constant);
    return (context) => void context.variables.set(name, value.evaluate(context));
  },
});
