import { definePolicy, everySection } from '../../pipeline/policy.js';
import { anyValue, choice, text } from '../../values/attribute-rule.js';
import { restoreValue } from '../../values/stored-value.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  key: text({ required: true }),
  'variable-name': text({ required: true, expression: false }),
  'default-value': anyValue(),
  'caching-type': choice(['prefer-external', 'external', 'internal'], {
    default: 'prefer-external',
  }),
};

/** Reads a value of the cache into a variable. A miss without default leaves the variable alone (apim-observed 5.4). */
export const cacheLookupValue = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'cache-lookup-value',
  sections: everySection,
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const key = compiler.value(config.key);
    const variable = config['variable-name'].literal ?? '';
    const fallback = compiler.value(config['default-value']);
    const cachingType = compiler.value(config['caching-type']);
    return async (context) => {
      const found = await context.ports.cache.get(
        `value:${key.evaluate(context)}`,
        cachingType.evaluate(context),
      );
      if (found?.own) context.parts.bodyRoom?.take(found.data.length);
      const value = found && restoreValue(found);
      if (value !== undefined) {
        context.variables.set(variable, value);
        if (context.recorder)
          context.record('cache-lookup-value', { message: 'Cache lookup resulted in a hit.' });
        return;
      }
      if (fallback) context.variables.set(variable, fallback.evaluate(context));
      if (context.recorder) {
        const what = fallback
          ? 'variable will be set to the default value.'
          : 'variable will not be set.';
        context.record('cache-lookup-value', {
          message: `Cache lookup resulted in a miss, ${what}`,
        });
      }
    };
  },
});
