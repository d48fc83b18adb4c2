import { definePolicy, everySection } from '../../pipeline/policy.js';
import { number, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { compileDimensions, parseDimensions, type DimensionConfig } from '../metric-dimensions.js';

const attributes = {
  name: text({ required: true, expression: false }),
  namespace: text({ default: 'API Management', expression: false }),
  value: number({ default: 1 }),
};

/** Sends a custom metric with up to five dimensions. */
export const emitMetric = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  dimensions: DimensionConfig[];
}>({
  element: 'emit-metric',
  sections: everySection,
  attributes,
  parse: (xml, report) => ({
    settings: report.attributes(xml, attributes),
    dimensions: parseDimensions(xml, report),
  }),
  compile({ settings, dimensions }, compiler) {
    const name = settings.name.literal ?? '';
    const namespace = settings.namespace.literal ?? '';
    const value = compiler.value(settings.value);
    const dimensionsOf = compileDimensions(dimensions, compiler);
    return (context) =>
      context.ports.log.metric({
        namespace,
        name,
        value: value.evaluate(context),
        dimensions: dimensionsOf(context),
      });
  },
});
