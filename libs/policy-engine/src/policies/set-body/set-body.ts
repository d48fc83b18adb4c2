import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import { Body } from '../../model/body.js';
import { builtBody } from '../../pipeline/built-body.js';
import { replaceBody } from '../../model/message.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import { substituteNamedValues } from '../../values/named-values.js';
import { anyValue, choice, flag } from '../../values/attribute-rule.js';
import { textKind } from '../../values/value-kind.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';
import { compileTemplate, type TemplateBody } from './liquid-template.js';

const attributes = {
  template: choice(['liquid', 'none'], { default: 'none', expression: false }),
  'xsi-nil': choice(['blank', 'null'], { default: 'blank', expression: false }),
  'parse-date': flag({ default: true, expression: false }),
};

/** What set-body says. */
export interface BodyConfig {
  readonly settings: ParsedAttributes<typeof attributes>;
  /** Liquid text, named values already replaced. */
  readonly template?: { readonly text: string; readonly xml: PolicyElement };
  readonly value?: ValueSource<unknown>;
}

/** Reads a set-body element; its content is text whatever it looks like, unless it is one `value` element. */
export function parseSetBody(xml: PolicyElement, report: Report): BodyConfig {
  const settings = report.attributes(xml, attributes);
  const [value] = xml.children;
  const { content } = value ?? xml;
  if (settings.template.literal === 'liquid') {
    // Names that are no named values belong to Liquid.
    return {
      settings,
      template: { text: substituteNamedValues(content.text, report.at.namedValues).text, xml },
    };
  }
  return {
    settings,
    value: report.value(anyValue(), content, xml, "The content of 'set-body' is invalid"),
  };
}

/** Which body a template sees as `body`. */
export type TemplateInput = 'request' | 'response' | 'empty';

/** A function that makes the new body. */
export function compileSetBody(
  config: BodyConfig,
  compiler: PolicyCompiler,
  input: TemplateInput,
): (context: PolicyContext) => Body {
  if (config.template) {
    const { text, xml } = config.template;
    const render = compileTemplate(text, {
      xsiNil: config.settings['xsi-nil'].literal ?? 'blank',
      parseDates: config.settings['parse-date'].literal ?? true,
    });
    if (!render.ok) {
      compiler.report.problem(
        'invalid-value',
        `The Liquid template is invalid: ${render.message}`,
        xml,
      );
      return () => Body.fromText('');
    }
    if (input === 'request') compiler.needs('request-body');
    if (input === 'response') compiler.needs('response-body');
    return (context) => builtBody(context, render.template(templateBody(context, input), context));
  }
  const value = compiler.value(config.value!);
  return (context) => {
    const result = value.evaluate(context);
    return builtBody(context, result instanceof Uint8Array ? result : textKind.convert(result)!);
  };
}

function templateBody(context: PolicyContext, input: TemplateInput): TemplateBody | undefined {
  const message =
    input === 'empty' ? undefined : input === 'request' ? context.request : context.response;
  if (!message?.body) return undefined;
  return { text: message.body.text, contentType: message.headers.text('Content-Type') ?? '' };
}

/** Replaces the body of the request (inbound, backend) or response (outbound, on-error). */
export const setBody = definePolicy<BodyConfig>({
  element: 'set-body',
  sections: everySection,
  attributes,
  parse: parseSetBody,
  compile(config, compiler) {
    const make = compileSetBody(config, compiler, compiler.onResponse ? 'response' : 'request');
    if (!compiler.onResponse) return (context) => replaceBody(context.request, make(context));
    return (context) => replaceBody(context.ensureResponse(), make(context));
  },
});
