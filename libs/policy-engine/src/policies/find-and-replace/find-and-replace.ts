import { WorkError } from '@isthmus/dotnet';
import { BodyTooLargeError, defaultBufferLimit } from '../../model/body.js';
import { builtBody } from '../../pipeline/built-body.js';
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
      const replacement = to.evaluate(context);
      check(content, searched, replacement.length - searched.length);
      // A dollar sign means itself.
      const plain = replacement.replaceAll('$', '$$$$');
      replaceBody(message, builtBody(context, content.replaceAll(searched, plain)));
    };
  },
});

/** Replacing more takes longer than other callers can wait. */
const mostOccurrences = 3_000_000;

/** Too much work, and a result that cannot be held, are refused before it is made. */
function check(content: string, searched: string, growth: number): void {
  const atMost = content.length / searched.length;
  const mayBeLong = growth > 0 && content.length + atMost * growth > defaultBufferLimit;
  if (atMost <= mostOccurrences && !mayBeLong) return;
  let { length } = content;
  let found = 0;
  for (let at = content.indexOf(searched); at >= 0;) {
    length += growth;
    if (length > defaultBufferLimit) throw new BodyTooLargeError(defaultBufferLimit);
    if (++found > mostOccurrences) throw new WorkError();
    at = content.indexOf(searched, at + searched.length);
  }
}
