import type { PolicyElement } from '../document/policy-element.js';
import type { Report } from '../composition/report.js';
import { substituteNamedValues } from '../values/named-values.js';
import { anyValue } from '../values/attribute-rule.js';
import { booleanKind, choiceKind } from '../values/value-kind.js';
import type { BodyConfig } from './set-body/set-body.js';

/** Reads the content of an element as set-body does; `template` stands on `owner`. */
export function parseDaprBody(
  xml: PolicyElement,
  report: Report,
  owner: PolicyElement = xml,
): BodyConfig {
  const liquid = owner.attribute('template')?.text.toLowerCase() === 'liquid';
  const where = { element: xml.name, document: report.at.document, offset: xml.offset };
  const settings = {
    template: {
      ...where,
      kind: choiceKind(['liquid', 'none']),
      literal: liquid ? ('liquid' as const) : ('none' as const),
    },
    'xsi-nil': { ...where, kind: choiceKind(['blank', 'null']), literal: 'blank' as const },
    'parse-date': { ...where, kind: booleanKind, literal: true },
  };
  const { content } = xml;
  if (liquid)
    return {
      settings,
      template: { text: substituteNamedValues(content.text, report.at.namedValues).text, xml },
    };
  return {
    settings,
    value: report.value(
      anyValue(),
      { ...content, text: content.text.trim() },
      xml,
      `The content of '${xml.name}' is invalid`,
    ),
  };
}
