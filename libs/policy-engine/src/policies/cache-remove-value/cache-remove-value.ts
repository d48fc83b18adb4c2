import { definePolicy, everySection } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, flag, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  key: text({ required: true }),
  'caching-type': choice(['prefer-external', 'external', 'internal'], {
    default: 'prefer-external',
  }),
  'fail-on-cache-removal-error': flag({ default: false }),
};

/** Takes a value out of the cache. */
export const cacheRemoveValue = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'cache-remove-value',
  sections: everySection,
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const key = compiler.value(config.key);
    const cachingType = compiler.value(config['caching-type']);
    const failing = compiler.value(config['fail-on-cache-removal-error']);
    return async (context) => {
      try {
        await context.ports.cache.remove(
          `value:${key.evaluate(context)}`,
          cachingType.evaluate(context),
        );
      } catch (error) {
        if (error instanceof PolicyError) throw error;
        context.ports.log.warn('cache-remove-value failed', {
          requestId: context.requestId,
          message: String(error),
        });
        if (failing.evaluate(context))
          throw new PolicyError(
            'CacheRemovalFailure',
            error instanceof Error ? error.message : String(error),
          );
      }
    };
  },
});
