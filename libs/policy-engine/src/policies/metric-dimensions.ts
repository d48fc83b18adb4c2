import type { PolicyElement } from '../document/policy-element.js';
import type { PolicyCompiler } from '../composition/policy-compiler.js';
import type { Report } from '../composition/report.js';
import type { PolicyContext } from '../pipeline/context.js';
import { text } from '../values/attribute-rule.js';
import type { ParsedAttributes } from '../values/value-source.js';

const attributes = { name: text({ required: true, expression: false }), value: text() };

/** One dimension of a metric. */
export type DimensionConfig = ParsedAttributes<typeof attributes>;

/** Dimensions whose value may be left out (emit-metric reference). */
const known: Readonly<Record<string, (context: PolicyContext) => string>> = {
  'API ID': (context) => context.parts.api?.id ?? '',
  'Operation ID': (context) => context.parts.operation?.id ?? '',
  'Product ID': (context) => context.parts.product?.id ?? '',
  'User ID': (context) => context.parts.user?.id ?? '',
  'Subscription ID': (context) => context.parts.subscription?.id ?? '',
  Location: (context) => context.parts.deployment.region,
  'Gateway ID': (context) => context.parts.deployment.gatewayId,
  'Backend ID': (context) => context.backendInfo?.id ?? '',
};

/** Reads the dimensions of a metric: at most five. */
export function parseDimensions(xml: PolicyElement, report: Report): DimensionConfig[] {
  const { dimension } = report.children(xml, { dimension: { least: 1, most: 5 } });
  return dimension.map((element) => {
    report.empty(element);
    const config = report.attributes(element, attributes);
    const name = config.name.literal;
    if (!config.value && name !== undefined && !(name in known)) {
      report.problem(
        'missing-attribute',
        `The dimension '${name}' needs a value; only ${Object.keys(known).join(', ')} have a default.`,
        element,
      );
    }
    return config;
  });
}

/** A function that gives the dimensions of a request. */
export function compileDimensions(
  configs: readonly DimensionConfig[],
  compiler: PolicyCompiler,
): (context: PolicyContext) => Record<string, string> {
  const dimensions = configs.map(({ name, value }) => ({
    name: name.literal ?? '',
    value: compiler.value(value),
  }));
  return (context) => {
    const result: Record<string, string> = {};
    for (const { name, value } of dimensions)
      result[name] = value ? value.evaluate(context) : (known[name]?.(context) ?? '');
    return result;
  };
}
