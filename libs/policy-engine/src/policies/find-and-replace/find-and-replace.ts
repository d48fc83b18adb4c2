import { Body } from '../../model/body.js';
import { replaceBody } from '../../model/message.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = { from: text({ required: true }), to: text({ required: true }) };

/** Replaces every occurrence of a text in the body: plain and case-sensitive. */
export const findAndReplace = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'find-and-replace',
  sections: everySection,
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const from = compiler.value(config.from);
    const to = compiler.value(config.to);
    compiler.needsMessageBody();
    return (context) => {
      const message = compiler.onResponse ? context.response : context.request;
      const searched = from.evaluate(context);
      if (!message?.body || searched === '') return;
      const content = message.body.text;
      if (!content.includes(searched)) return;
      replaceBody(message, Body.fromText(content.replaceAll(searched, () => to.evaluate(context))));
    };
  },
});
