import { parseToken, type TimeSpan } from '@isthmus/dotnet';
import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import type { BusMessage } from '../../ports/messages.js';
import { flag, guid, interval, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  'queue-name': text(),
  'topic-name': text(),
  namespace: text({ default: '' }),
  'client-id': text(),
  'message-id': guid(),
  'session-id': guid(),
  'time-to-live': interval(),
  'response-variable-name': text({ expression: false }),
  'ignore-error': flag({ default: false }),
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
    const ignoreError = compiler.value(settings['ignore-error']);
    const variable = settings['response-variable-name']?.literal;
    const content = compiler.value(payload);
    const members = properties.map(({ name, value }) => ({
      name: compiler.value(name),
      value: compiler.value(value),
    }));
    return async (context) => {
      const given: Partial<Record<keyof typeof values, string>> = {};
      for (const [name, value] of Object.entries(values))
        if (value) given[name as keyof typeof values] = value.evaluate(context);
      const lifetime = timeToLive?.evaluate(context);
      const message: BusMessage = {
        messageId: newGuid(context.ports.random),
        ...given,
        ...(lifetime ? { timeToLive: lifetime.totalSeconds } : {}),
        namespace: namespace.evaluate(context),
        payload: content?.evaluate(context) ?? '',
        properties: Object.fromEntries(
          members.map(({ name, value }) => [name.evaluate(context), value.evaluate(context)]),
        ),
      };
      const ignore = ignoreError.evaluate(context);
      const outcome = await send(context, { message, lifetime, ignore });
      if (variable) context.variables.set(variable, parseToken(JSON.stringify(outcome)));
    };
  },
});

/** What response-variable-name shows; throws when a failure is not ignored. */
async function send(
  context: PolicyContext,
  {
    message,
    lifetime,
    ignore,
  }: { message: BusMessage; lifetime?: TimeSpan | undefined; ignore: boolean },
): Promise<unknown> {
  try {
    await context.ports.messages.send(message);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const failure = new PolicyError('ServiceBusMessageFailure', text);
    if (!ignore) throw failure;
    return { Error: { Reason: failure.reason, Message: text } };
  }
  return {
    MessageId: message.messageId,
    SessionId: message.sessionId ?? null,
    TimeToLive: lifetime?.toString() ?? null,
  };
}

/** A random GUID (version 4). */
function newGuid(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const digit = Math.floor(random() * 16);
    return (place === 'x' ? digit : (digit & 3) | 8).toString(16);
  });
}
