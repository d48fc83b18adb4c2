import { definePolicy } from '../../pipeline/policy.js';
import { choice, flag, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { conversionStep } from '../conversion.js';
import { writeXml } from './write-xml.js';

const attributes = {
  apply: choice(['always', 'content-type-json'], { required: true }),
  'consider-accept-header': flag({ default: true }),
  'parse-date': flag({ default: true }),
  'namespace-separator': text({ default: '_' }),
  'namespace-prefix': text({ default: 'xmlns' }),
  'attribute-block-name': text(),
};

/** Turns a JSON body into XML. */
export const jsonToXml = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'json-to-xml',
  sections: ['inbound', 'outbound', 'on-error'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const separator = compiler.value(config['namespace-separator']);
    const prefix = compiler.value(config['namespace-prefix']);
    const block = compiler.value(config['attribute-block-name']);
    return conversionStep(
      {
        from: 'json',
        apply: compiler.value(config.apply),
        considerAccept: compiler.value(config['consider-accept-header']),
        failure: 'JsonToXmlFailure',
        convert: (json, context) =>
          writeXml(json, {
            separator: separator.evaluate(context),
            prefix: prefix.evaluate(context),
            attributeBlock: block?.evaluate(context),
          }),
      },
      compiler,
    );
  },
});
