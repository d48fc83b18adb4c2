import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { definePolicy } from '../../pipeline/policy.js';
import { callDapr, daprAttributes } from '../dapr-call.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { compileSetBody, type BodyConfig } from '../set-body/set-body.js';
import { parseDaprBody } from '../dapr-body.js';

const attributes = { ...daprAttributes, 'pubsub-name': text(), topic: text({ required: true }) };

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly body: BodyConfig;
}

/** Publishes a message to a Dapr topic by the sidecar. `topic` may be `pubsub/topic`. */
export const publishToDapr = definePolicy<Config>({
  element: 'publish-to-dapr',
  sections: ['inbound'],
  scopes: ['global', 'product', 'api', 'operation'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    return { settings: report.attributes(xml, attributes), body: parseDaprBody(xml, report) };
  },
  compile({ settings, body }, compiler) {
    const pubsub = compiler.value(settings['pubsub-name']);
    const topic = compiler.value(settings.topic);
    const content = compileSetBody(body, compiler, 'request');
    const call = callDapr(settings, compiler);
    return async (context) => {
      const name = pubsub?.evaluate(context);
      const target = topic.evaluate(context);
      const [first, ...rest] = name === undefined ? target.split('/') : [name, target];
      await call(
        context,
        `/v1.0/publish/${encodeURIComponent(first!)}/${rest.map(encodeURIComponent).join('/')}`,
        content(context),
      );
    };
  },
});
