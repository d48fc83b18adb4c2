import { Body } from '../../model/body.js';
import { replaceBody } from '../../model/message.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, flag, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { converts, jsonType, xmlType } from '../conversion.js';
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
    const apply = compiler.value(config.apply);
    const considerAccept = compiler.value(config['consider-accept-header']);
    const separator = compiler.value(config['namespace-separator']);
    const prefix = compiler.value(config['namespace-prefix']);
    const block = compiler.value(config['attribute-block-name']);
    compiler.needsMessageBody();
    return (context) => {
      const message = compiler.onResponse ? context.response : context.request;
      if (!message?.body || message.body.content.length === 0) return;
      const rule = {
        always: apply.evaluate(context) === 'always',
        contentType: jsonType,
        accept: considerAccept.evaluate(context) ? xmlType : undefined,
      };
      if (!converts(rule, message.headers, context.request.headers)) return;
      try {
        const xml = writeXml(message.body.text, {
          separator: separator.evaluate(context),
          prefix: prefix.evaluate(context),
          attributeBlock: block?.evaluate(context),
        });
        replaceBody(message, Body.fromText(xml));
      } catch (error) {
        throw new PolicyError(
          'JsonToXmlFailure',
          error instanceof Error ? error.message : String(error),
        );
      }
      message.headers.set('Content-Type', 'application/xml');
    };
  },
});
