import { compileXslt, type CompiledXslt, defaultXsltLimits, withinWork } from '@isthmus/dotnet';
import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { substituteNamedValues } from '../../values/named-values.js';
import { builtBody } from '../../pipeline/built-body.js';
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
  readonly xml: PolicyElement;
  /** As written. */
  readonly stylesheet: string | undefined;
  readonly parameters: readonly {
    readonly settings: ParsedAttributes<typeof parameterAttributes>;
    readonly value: ValueSource<string>;
  }[];
}

/** A gateway has other callers waiting: about a quarter of a second of work, beside that of reading the body. */
const limits = { ...defaultXsltLimits, steps: 3_000_000 };

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
    return { xml, stylesheet: sheets[0]?.outerSource, parameters };
  },
  compile({ xml, stylesheet, parameters }, compiler) {
    const compiled =
      stylesheet === undefined ? undefined : compileSheet(stylesheet, xml, compiler.report);
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
      if (!compiled) return;
      try {
        const { text: result } = withinWork(() =>
          compiled.transform(message.body!.text, given, limits),
        );
        replaceBody(message, builtBody(context, result));
      } catch (error) {
        throw new PolicyError(
          'XslTransformFailure',
          error instanceof Error ? error.message : String(error),
        );
      }
    };
  },
});

function compileSheet(
  stylesheet: string,
  xml: PolicyElement,
  report: Report,
): CompiledXslt | undefined {
  try {
    // Attribute value templates write braces as `{{`: names that are no named values stay.
    return compileXslt(substituteNamedValues(stylesheet, report.at.namedValues).text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    report.problem('invalid-value', `The stylesheet is invalid: ${why}`, xml);
    return undefined;
  }
}
