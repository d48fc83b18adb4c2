import { transformXslt } from '@isthmus/dotnet';
import { Body } from '../../model/body.js';
import { replaceBody } from '../../model/message.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const parameterAttributes = {
  name: text({ expression: false }),
  'parameter-name': text({ expression: false }),
};

interface Config {
  readonly stylesheet: string;
  readonly parameters: readonly {
    readonly settings: ParsedAttributes<typeof parameterAttributes>;
    readonly value: ValueSource<string>;
  }[];
}

/** Transforms an XML body by an XSLT 1.0 stylesheet. */
export const xslTransform = definePolicy<Config>({
  element: 'xsl-transform',
  sections: ['inbound', 'outbound', 'on-error'],
  attributes: {},
  parse(xml, report) {
    report.attributes(xml, {});
    report.noText(xml);
    const sheets = xml.children.filter((child) =>
      /^(?:[\w.-]+:)?(?:stylesheet|transform)$/.test(child.name),
    );
    for (const child of xml.children) {
      if (child.name !== 'parameter' && !sheets.includes(child))
        report.problem(
          'unknown-element',
          `The element 'xsl-transform' has invalid child element '${child.name}'.`,
          child,
          "expected 'parameter' or 'xsl:stylesheet'",
        );
    }
    if (sheets.length !== 1)
      report.problem('missing-element', "The element 'xsl-transform' needs one stylesheet.", xml);
    const parameters = xml.children
      .filter((child) => child.name === 'parameter')
      .map((child) => ({
        settings: report.attributes(child, parameterAttributes),
        value: report.text(child),
      }));
    return { stylesheet: sheets[0]?.outerSource ?? '', parameters };
  },
  compile({ stylesheet, parameters }, compiler) {
    const values = parameters.map(({ settings, value }) => ({
      name: (settings.name ?? settings['parameter-name'])?.literal ?? '',
      value: compiler.value(value),
    }));
    compiler.needsMessageBody();
    return (context) => {
      const message = compiler.onResponse ? context.response : context.request;
      if (!message?.body || message.body.content.length === 0) return;
      const given: Record<string, string> = {};
      for (const { name, value } of values) given[name] = value.evaluate(context);
      try {
        replaceBody(message, Body.fromText(transformXslt(stylesheet, message.body.text, given)));
      } catch (error) {
        throw new PolicyError(
          'XslTransformFailure',
          error instanceof Error ? error.message : String(error),
        );
      }
    };
  },
});
