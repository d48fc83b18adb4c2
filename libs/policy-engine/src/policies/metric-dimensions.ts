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

/** Dimensions with names of their own. */
const mostCustom = 5;

/** Reads the dimensions of a metric: the known ones, and at most five others. */
export function parseDimensions(xml: PolicyElement, report: Report): DimensionConfig[] {
  const { dimension } = report.children(xml, { dimension: { least: 1 } });
  const custom = dimension.filter(
    (element) => !Object.hasOwn(known, element.attribute('name')?.text ?? ''),
  );
  for (const extra of custom.slice(mostCustom))
    report.problem(
      'duplicate',
      `At most ${mostCustom} custom dimensions may stand in '${xml.name}'.`,
      extra,
    );
  return dimension.map((element) => {
    report.empty(element);
    const config = report.attributes(element, attributes);
    const name = config.name.literal;
    if (!config.value && name !== undefined && !Object.hasOwn(known, name)) {
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
