import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { definePolicy } from '../../pipeline/policy.js';
import { text } from '../../values/attribute-rule.js';

const targetAttributes = { id: text({ required: true, expression: false }) };

/** Tells subscribers of GraphQL subscription fields of the resolver's answer. */
export const publishEvent = definePolicy<readonly string[]>({
  element: 'publish-event',
  sections: ['outbound'],
  only: 'resolver',
  attributes: {},
  support: {
    level: 'partial',
    how: 'stands in the http-response of resolvers; reaches the subscribers of the same gateway, of all gateways with Redis',
  },
  parse(xml: PolicyElement, report: Report) {
    report.attributes(xml, {});
    const [targets] = report.children(xml, { targets: { least: 1, most: 1 } }).targets;
    if (!targets) return [];
    report.attributes(targets, {});
    return report
      .children(targets, { 'graphql-subscription': { least: 1 } })
      ['graphql-subscription'].map((target) => {
        report.empty(target);
        return report.attributes(target, targetAttributes).id.literal ?? '';
      });
  },
  compile(fields, compiler) {
    compiler.needsMessageBody();
    return async (context) => {
      const payload = context.response?.body?.text ?? '';
      const apiId = context.parts.api?.id ?? '';
      for (const field of fields) await context.ports.messages.publish({ apiId, field }, payload);
      if (context.recorder)
        context.record('publish-event', { message: 'The event was published.', targets: fields });
    };
  },
});
