import { definePolicy } from '../../pipeline/policy.js';
import { choice, flag } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { conversionStep } from '../conversion.js';
import { writeJson } from './write-json.js';

const attributes = {
  kind: choice(['direct', 'javascript-friendly'], { required: true }),
  apply: choice(['always', 'content-type-xml'], { required: true }),
  'consider-accept-header': flag({ default: true }),
  'always-array-child-elements': flag({ default: false }),
};

/** Turns an XML body into JSON. */
export const xmlToJson = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'xml-to-json',
  sections: ['inbound', 'outbound', 'on-error'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const kind = compiler.value(config.kind);
    const arrays = compiler.value(config['always-array-child-elements']);
    return conversionStep(
      {
        from: 'xml',
        apply: compiler.value(config.apply),
        considerAccept: compiler.value(config['consider-accept-header']),
        failure: 'XmlToJsonFailure',
        convert: (xml, context) =>
          writeJson(xml, {
            friendly: kind.evaluate(context) === 'javascript-friendly',
            arrays: arrays.evaluate(context),
          }),
      },
      compiler,
    );
  },
});
