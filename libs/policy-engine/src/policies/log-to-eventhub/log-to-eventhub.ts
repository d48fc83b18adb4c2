import { definePolicy, everySection } from '../../pipeline/policy.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  'logger-id': text({ required: true, expression: false }),
  'partition-id': text(),
  'partition-key': text(),
};

/** Longest message; the rest is cut off (log-to-eventhub reference). */
const longest = 200 * 1024;

/** Sends a text to an event hub by way of a logger. */
export const logToEventhub = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  message: ValueSource<string>;
}>({
  element: 'log-to-eventhub',
  sections: everySection,
  scopes: ['global', 'product', 'api', 'operation'],
  attributes,
  parse(xml, report) {
    const settings = report.attributes(xml, attributes);
    if (settings['partition-id'] && settings['partition-key']) {
      report.problem(
        'duplicate',
        "Only one of 'partition-id' and 'partition-key' may be given.",
        xml,
      );
    }
    const logger = settings['logger-id'].literal;
    if (logger && report.at.known.loggers && !report.at.known.loggers.has(logger))
      report.problem('reference', 'Logger not found', xml);
    return { settings, message: report.text(xml) };
  },
  compile({ settings, message }, compiler) {
    const loggerId = settings['logger-id'].literal ?? '';
    const partitionId = compiler.value(settings['partition-id']);
    const partitionKey = compiler.value(settings['partition-key']);
    const value = compiler.value(message);
    return (context) => {
      const id = partitionId?.evaluate(context);
      const key = partitionKey?.evaluate(context);
      const bytes = Buffer.from(value.evaluate(context), 'utf8');
      const cut =
        bytes.length > longest
          ? bytes.subarray(0, longest).toString('utf8')
          : bytes.toString('utf8');
      context.ports.messages.event({
        loggerId,
        text: cut,
        ...(id === undefined ? {} : { partitionId: id }),
        ...(key === undefined ? {} : { partitionKey: key }),
      });
    };
  },
});
