import { Body } from '../../model/body.js';
import { replaceBody } from '../../model/message.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, flag } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { converts, jsonType, xmlType } from '../conversion.js';
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
    const apply = compiler.value(config.apply);
    const considerAccept = compiler.value(config['consider-accept-header']);
    const arrays = compiler.value(config['always-array-child-elements']);
    compiler.needsMessageBody();
    return (context) => {
      const message = compiler.onResponse ? context.response : context.request;
      if (!message?.body || message.body.content.length === 0) return;
      const rule = {
        always: apply.evaluate(context) === 'always',
        contentType: xmlType,
        accept: considerAccept.evaluate(context) ? jsonType : undefined,
      };
      if (!converts(rule, message.headers, context.request.headers)) return;
      try {
        const json = writeJson(message.body.text, {
          friendly: kind.evaluate(context) === 'javascript-friendly',
          arrays: arrays.evaluate(context),
        });
        replaceBody(message, Body.fromText(json));
      } catch (error) {
        throw new PolicyError(
          'XmlToJsonFailure',
          error instanceof Error ? error.message : String(error),
        );
      }
      message.headers.set('Content-Type', 'application/json');
    };
  },
});
