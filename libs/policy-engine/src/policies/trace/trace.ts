import { definePolicy, everySection } from '../../pipeline/policy.js';
import { choice, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  source: text({ required: true, expression: false }),
  severity: choice(['verbose', 'information', 'error'], { default: 'verbose', expression: false }),
};
const metadataAttributes = {
  name: text({ required: true, expression: false }),
  value: text({ required: true }),
};

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly message: ValueSource<string> | undefined;
  readonly metadata: readonly ParsedAttributes<typeof metadataAttributes>[];
}

/** Tells something to the diagnostics and to the trace of the request. */
export const trace = definePolicy<Config>({
  element: 'trace',
  sections: everySection,
  attributes,
  parse(xml, report) {
    const settings = report.attributes(xml, attributes);
    // The older form: the text of the element is the message.
    if (xml.children.length === 0 && xml.strayText) {
      return { settings, message: report.text(xml), metadata: [] };
    }
    const { message, metadata } = report.children(xml, {
      message: { least: 1, most: 1 },
      metadata: {},
    });
    for (const element of message) report.attributes(element, {});
    for (const element of metadata) report.empty(element);
    return {
      settings,
      message: message[0] && report.text(message[0]),
      metadata: metadata.map((element) => report.attributes(element, metadataAttributes)),
    };
  },
  compile(config, compiler) {
    const source = config.settings.source.literal ?? '';
    const severity = config.settings.severity.literal ?? 'verbose';
    const message = compiler.value(config.message);
    const metadata = config.metadata.map(({ name, value }) => ({
      name: name.literal ?? '',
      value: compiler.value(value),
    }));
    return (context) => {
      const told: Record<string, string> = {};
      for (const { name, value } of metadata) told[name] = value.evaluate(context);
      const written = message?.evaluate(context) ?? '';
      context.ports.log.trace({ source, severity, message: written, metadata: told });
      if (context.recorder)
        context.record(source, {
          message: written,
          ...(metadata.length > 0 ? { metadata: told } : {}),
        });
    };
  },
});
