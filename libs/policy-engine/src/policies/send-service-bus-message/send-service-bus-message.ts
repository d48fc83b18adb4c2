import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  'queue-name': text(),
  'topic-name': text(),
  namespace: text({ default: '' }),
  'client-id': text(),
  'message-id': text(),
  'session-id': text(),
  'time-to-live': integer({ least: 0 }),
};
const propertyAttributes = { name: text({ required: true }) };

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly payload: ValueSource<string> | undefined;
  readonly properties: readonly {
    readonly name: ValueSource<string>;
    readonly value: ValueSource<string>;
  }[];
}

/** Sends a message to a queue or topic. */
export const sendServiceBusMessage = definePolicy<Config>({
  element: 'send-service-bus-message',
  sections: ['inbound', 'outbound', 'on-error'],
  scopes: ['global', 'product', 'api', 'operation'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    if (!settings['queue-name'] === !settings['topic-name'])
      report.problem(
        'missing-attribute',
        "Exactly one of 'queue-name' and 'topic-name' must be given.",
        xml,
      );
    const found = report.children(xml, {
      'message-properties': { most: 1 },
      payload: { least: 1, most: 1 },
    });
    const [holder] = found['message-properties'];
    const properties = holder
      ? report.children(holder, { 'message-property': {} })['message-property']
      : [];
    return {
      settings,
      payload: found.payload[0] && report.text(found.payload[0]),
      properties: properties.map((element) => ({
        name: report.attributes(element, propertyAttributes).name,
        value: report.text(element),
      })),
    };
  },
  compile({ settings, payload, properties }, compiler) {
    const values = {
      queue: compiler.value(settings['queue-name']),
      topic: compiler.value(settings['topic-name']),
      clientId: compiler.value(settings['client-id']),
      messageId: compiler.value(settings['message-id']),
      sessionId: compiler.value(settings['session-id']),
    };
    const namespace = compiler.value(settings.namespace);
    const timeToLive = compiler.value(settings['time-to-live']);
    const content = compiler.value(payload);
    const members = properties.map(({ name, value }) => ({
      name: compiler.value(name),
      value: compiler.value(value),
    }));
    return async (context) => {
      const given: Partial<Record<keyof typeof values, string>> = {};
      for (const [name, value] of Object.entries(values))
        if (value) given[name as keyof typeof values] = value.evaluate(context);
      const seconds = timeToLive?.evaluate(context);
      const message = {
        ...given,
        ...(seconds === undefined ? {} : { timeToLive: seconds }),
        namespace: namespace.evaluate(context),
        payload: content?.evaluate(context) ?? '',
        properties: Object.fromEntries(
          members.map(({ name, value }) => [name.evaluate(context), value.evaluate(context)]),
        ),
      };
      try {
        await context.ports.messages.send(message);
      } catch (error) {
        throw new PolicyError(
          'ServiceBusMessageFailure',
          error instanceof Error ? error.message : String(error),
        );
      }
    };
  },
});
