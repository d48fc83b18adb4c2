import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const versions = ['4.0', '4.01'] as const;
const attributes = {
  'error-variable-name': text({ expression: false }),
  'default-odata-version': choice(versions, { default: '4.0', expression: false }),
  'min-odata-version': choice(versions, { default: '4.0', expression: false }),
  'max-odata-version': choice(versions, { default: '4.01', expression: false }),
  'max-size': integer({ least: 1 }),
};

/** Checks version headers, size, system query options and percent-encoding of an OData request. */
export const validateOdataRequest = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'validate-odata-request',
  sections: ['inbound'],
  scopes: ['global', 'workspace', 'product', 'api'],
  attributes,
  support: {
    level: 'partial',
    how: 'version, size and system query options are checked; paths are not checked against the metadata document',
  },
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const maxSize = compiler.value(config['max-size']);
    const variable = config['error-variable-name']?.literal;
    const least = config['min-odata-version'].literal ?? '4.0';
    const most = config['max-odata-version'].literal ?? '4.01';
    const usual = config['default-odata-version'].literal ?? '4.0';
    if (maxSize) compiler.needs('request-body');
    return (context) => {
      const { request } = context;
      const fail = (message: string): never => {
        if (variable) context.variables.set(variable, message);
        throw new PolicyError('OdataRequestInvalid', message, { statusCode: 400, message });
      };
      const asked =
        request.headers.text('OData-Version') ?? request.headers.text('OData-MaxVersion') ?? usual;
      const order = (version: string): number => (version === '4.01' ? 4.01 : Number(version));
      if (!(order(asked) >= order(least) && order(asked) <= order(most)))
        fail(`OData version ${asked} is not supported.`);
      const limit = maxSize?.evaluate(context);
      const size = request.body?.content.length ?? 0;
      if (limit !== undefined && size > limit)
        fail(`The request's body is ${size} bytes long and exceeds the limit of ${limit} bytes.`);
      for (const [name, values] of request.originalUrl.query.entries()) {
        if (!name.startsWith('$')) continue;
        if (!systemOptions.has(name.toLowerCase()))
          fail(`The query option '${name}' is not a system query option.`);
        if (values.length > 1) fail(`The query option '${name}' must not be repeated.`);
        if (name === '$top' || name === '$skip') {
          if (!/^\d+$/.test(values[0]!))
            fail(`The value of '${name}' must be a non-negative integer.`);
        }
      }
    };
  },
});

const systemOptions: ReadonlySet<string> = new Set([
  '$filter',
  '$select',
  '$expand',
  '$orderby',
  '$top',
  '$skip',
  '$count',
  '$search',
  '$format',
  '$compute',
  '$index',
  '$schemaversion',
  '$apply',
  '$skiptoken',
  '$deltatoken',
  '$id',
  '$levels',
]);
