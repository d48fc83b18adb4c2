import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import type { Request, Response } from '../../model/message.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { choice, flag, integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import {
  settleFaults,
  validationActions,
  type ValidationAction,
} from '../../validation/validation-errors.js';
import { makeContentChecks, mediaType, type ContentRule } from './content-check.js';

const attributes = {
  'unspecified-content-type-action': choice(validationActions, { required: true }),
  'max-size': integer({ required: true, least: 1, most: 4_194_304 }),
  'size-exceeded-action': choice(validationActions, { required: true }),
  'errors-variable-name': text({ expression: false }),
};
const contentAttributes = {
  type: text(),
  'validate-as': choice(['json', 'xml', 'soap'], { required: true, expression: false }),
  'schema-id': text({ expression: false }),
  'schema-ref': text({ expression: false }),
  action: choice(validationActions, { required: true }),
  'allow-additional-properties': flag({ expression: false }),
  'case-insensitive-property-names': flag({ default: false, expression: false }),
};
const mapAttributes = { 'any-content-type-value': text(), 'missing-content-type-value': text() };
const typeAttributes = { from: text(), to: text({ required: true }), when: flag() };

interface Config {
  readonly xml: PolicyElement;
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly contents: readonly ParsedAttributes<typeof contentAttributes>[];
  readonly map: ParsedAttributes<typeof mapAttributes> | undefined;
  readonly types: readonly ParsedAttributes<typeof typeAttributes>[];
}

/** Checks size, content type and content of a body against the API definition or a schema resource. */
export const validateContent = definePolicy<Config>({
  element: 'validate-content',
  sections: ['inbound', 'outbound', 'on-error'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    const found = report.children(xml, { 'content-type-map': { most: 1 }, content: {} });
    const [map] = found['content-type-map'];
    return {
      xml,
      settings,
      contents: found.content.map((element) => report.attributes(element, contentAttributes)),
      map: map && report.attributes(map, mapAttributes),
      types: map
        ? report
            .children(map, { type: {} })
            .type.map((element) => report.attributes(element, typeAttributes))
        : [],
    };
  },
  compile(config, compiler) {
    const { settings } = config;
    const unspecified = compiler.value(settings['unspecified-content-type-action']);
    const maxSize = compiler.value(settings['max-size']);
    const sizeAction = compiler.value(settings['size-exceeded-action']);
    const variable = settings['errors-variable-name']?.literal;
    const rules = config.contents.map((content): ContentRule => ({
      type: compiler.value(content.type),
      as: content['validate-as'].literal ?? 'json',
      schemaId: content['schema-id']?.literal,
      schemaRef: content['schema-ref']?.literal,
      action: compiler.value(content.action),
      additionalProperties: content['allow-additional-properties']?.literal,
      ignoreCase: content['case-insensitive-property-names'].literal ?? false,
    }));
    const mapped = compileTypeMap(config, compiler);
    const check = makeContentChecks(rules, compiler, config.xml);
    compiler.needsMessageBody();
    return (context) => {
      const message: Request | Response | null = compiler.onResponse
        ? context.response
        : context.request;
      if (!message?.body) return;
      const whose = compiler.onResponse ? 'response' : 'request';
      const settle = (rule: string, text: string, action: ValidationAction): void =>
        settleFaults(context, [{ rule, name: whose, message: text, action }], {
          variable,
          response: compiler.onResponse,
        });
      const size = message.body.content.length;
      const limit = maxSize.evaluate(context);
      if (size > limit) {
        const text = `${compiler.onResponse ? 'Response' : 'Request'}'s body is ${size} bytes long and it exceeds the configured limit of ${limit} bytes.`;
        settle('SizeLimit', text, sizeAction.evaluate(context));
        return;
      }
      const given = message.headers.text('Content-Type') ?? '';
      const type = mapped(context, mediaType(given));
      const result = check(context, type, message.body);
      if (result === 'unspecified') {
        const text = `Unspecified content type ${given} is not allowed.`;
        settle('UnspecifiedContentType', text, unspecified.evaluate(context));
      } else if (result) {
        const text = `Body of the ${whose} does not conform to the definition ${result.definition}, which is associated with the content type ${type}. ${result.why}`;
        settle('IncorrectMessage', text, result.action);
      }
    };
  },
});

/** A function that gives the content type that a message is validated as. */
function compileTypeMap(
  config: Config,
  compiler: PolicyCompiler,
): (context: PolicyContext, given: string) => string {
  const any = compiler.value(config.map?.['any-content-type-value']);
  const missing = compiler.value(config.map?.['missing-content-type-value']);
  const types = config.types.map(({ from, to, when }) => ({
    from: compiler.value(from),
    to: compiler.value(to),
    when: compiler.value(when),
  }));
  return (context, given) => {
    if (given === '' && missing) return mediaType(missing.evaluate(context));
    if (any) return mediaType(any.evaluate(context));
    for (const { from, to, when } of types) {
      if (from ? mediaType(from.evaluate(context)) === given : when?.evaluate(context))
        return mediaType(to.evaluate(context));
    }
    return given;
  };
}
