import type { PolicyElement } from '../../document/policy-element.js';
import { Body } from '../../model/body.js';
import { replaceBody, Response } from '../../model/message.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import { expressionFailure } from '../../pipeline/to-policy-error.js';
import { respond } from '../../pipeline/step.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { responseOf } from '../../values/response-variable.js';
import { compileSetBody, parseSetBody, type BodyConfig } from '../set-body/set-body.js';
import { compileSetHeader, parseSetHeader, type HeaderConfig } from '../set-header/set-header.js';
import { compileSetStatus, parseSetStatus, type StatusConfig } from '../set-status/set-status.js';

const attributes = { 'response-variable-name': text({ expression: false }) };

type Change =
  | { readonly kind: 'status'; readonly config: StatusConfig }
  | { readonly kind: 'header'; readonly config: HeaderConfig }
  | { readonly kind: 'body'; readonly config: BodyConfig };

/** Ends the pipeline with a response of its own: 200 and empty, or the one of a variable, then changed. */
export const returnResponse = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  changes: Change[];
}>({
  element: 'return-response',
  sections: everySection,
  attributes,
  parse(xml, report) {
    const settings = report.attributes(xml, attributes);
    report.children(xml, { 'set-status': {}, 'set-header': {}, 'set-body': {} });
    const changes = xml.children.flatMap((child: PolicyElement): Change[] => {
      if (child.name === 'set-status')
        return [{ kind: 'status', config: parseSetStatus(child, report) }];
      if (child.name === 'set-header')
        return [{ kind: 'header', config: parseSetHeader(child, report) }];
      return child.name === 'set-body'
        ? [{ kind: 'body', config: parseSetBody(child, report) }]
        : [];
    });
    return { settings, changes };
  },
  compile({ settings, changes }, compiler) {
    const variable = settings['response-variable-name']?.literal;
    const apply = changes.map((change): ((context: PolicyContext, response: Response) => void) => {
      switch (change.kind) {
        case 'status':
          return compileSetStatus(change.config, compiler);
        case 'header':
          return compileSetHeader(change.config, compiler);
        case 'body': {
          // A Liquid template in here sees an empty body (set-body reference).
          const make = compileSetBody(change.config, compiler, 'empty');
          return (context, response) => replaceBody(response, make(context));
        }
      }
    });
    return (context) => {
      const response = variable === undefined ? new Response() : fromVariable(context, variable);
      for (const change of apply) change(context, response);
      context.setResponse(response);
      if (context.recorder) {
        context.record('return-response', {
          message: 'Return response was applied',
          response: {
            status: { code: response.statusCode, reason: response.statusReason },
            headers: [...response.headers].map(([name, values]) => ({
              name,
              value: values.join(','),
            })),
          },
        });
      }
      return respond;
    };
  },
});

function fromVariable(context: PolicyContext, name: string): Response {
  const found = responseOf(context.variables.get(name));
  if (!found) throw expressionFailure(`The variable '${name}' does not hold a response.`);
  const body = found.body
    ? Body.fromBytes(found.body.content, { charset: found.body.charset })
    : null;
  const response = new Response(found.statusCode, found.statusReason, found.headers.clone(), null);
  for (const hop of ['Connection', 'Keep-Alive', 'Content-Length', 'Proxy-Connection', 'Upgrade'])
    response.headers.delete(hop);
  replaceBody(response, body);
  return response;
}
