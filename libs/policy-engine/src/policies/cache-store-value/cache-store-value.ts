import { definePolicy, everySection } from '../../pipeline/policy.js';
import { anyValue, choice, integer, text } from '../../values/attribute-rule.js';
import { storeValue } from '../../values/stored-value.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  key: text({ required: true }),
  value: anyValue({ required: true }),
  duration: integer({ required: true, least: 0 }),
  'caching-type': choice(['prefer-external', 'external', 'internal'], {
    default: 'prefer-external',
  }),
};

/** Puts a value into the cache for so many seconds. The request does not wait for it. */
export const cacheStoreValue = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'cache-store-value',
  sections: everySection,
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const key = compiler.value(config.key);
    const value = compiler.value(config.value);
    const duration = compiler.value(config.duration);
    const cachingType = compiler.value(config['caching-type']);
    return (context) => {
      const stored = storeValue(value.evaluate(context));
      if (!stored) return;
      const done = context.ports.cache.set(
        `value:${key.evaluate(context)}`,
        stored,
        duration.evaluate(context),
        cachingType.evaluate(context),
      );
      done?.catch((error: unknown) =>
        context.ports.log.warn('cache-store-value failed', {
          requestId: context.requestId,
          message: String(error),
        }),
      );
    };
  },
});
