import { JsonBoundError, parseBoundedJson } from '../../values/bounded-json.js';
import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { builtBody } from '../../pipeline/built-body.js';
import { definePolicy } from '../../pipeline/policy.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';
import { parseDaprBody } from '../dapr-body.js';
import { callDapr, daprAttributes } from '../dapr-call.js';
import { compileSetBody, type BodyConfig } from '../set-body/set-body.js';

const attributes = { ...daprAttributes, name: text({ required: true }), operation: text() };
const itemAttributes = { key: text({ required: true }) };

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly data: BodyConfig | undefined;
  readonly metadata: readonly {
    readonly key: ValueSource<string>;
    readonly value: ValueSource<string>;
  }[];
}

/** Calls a Dapr output binding by the sidecar. */
export const invokeDaprBinding = definePolicy<Config>({
  element: 'invoke-dapr-binding',
  sections: ['inbound', 'outbound', 'on-error'],
  scopes: ['global', 'product', 'api', 'operation'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    const found = report.children(xml, { metadata: { most: 1 }, data: { most: 1 } });
    const [metadata] = found.metadata;
    const items = metadata ? report.children(metadata, { item: {} }).item : [];
    return {
      settings,
      data: found.data[0] && parseDaprBody(found.data[0], report, xml),
      metadata: items.map((item) => ({
        key: report.attributes(item, itemAttributes).key,
        value: report.text(item),
      })),
    };
  },
  compile({ settings, data, metadata }, compiler) {
    const name = compiler.value(settings.name);
    const operation = compiler.value(settings.operation);
    const content =
      data && compileSetBody(data, compiler, compiler.onResponse ? 'response' : 'request');
    const items = metadata.map(({ key, value }) => ({
      key: compiler.value(key),
      value: compiler.value(value),
    }));
    const call = callDapr(settings, compiler);
    return async (context) => {
      const what = operation?.evaluate(context);
      const body = {
        ...(content ? { data: jsonOrText(content(context).text) } : {}),
        ...(items.length > 0
          ? {
              metadata: Object.fromEntries(
                items.map(({ key, value }) => [key.evaluate(context), value.evaluate(context)]),
              ),
            }
          : {}),
        ...(what === undefined ? {} : { operation: what }),
      };
      await call(
        context,
        `/v1.0/bindings/${encodeURIComponent(name.evaluate(context))}`,
        builtBody(context, JSON.stringify(body)),
      );
    };
  },
});

function jsonOrText(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof JsonBoundError) throw error;
    return text;
  }
}
