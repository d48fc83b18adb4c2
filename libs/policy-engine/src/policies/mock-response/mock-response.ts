import { Response } from '../../model/message.js';
import type { ContentDefinition, OperationDefinition } from '../../model/entities.js';
import { builtBody } from '../../pipeline/built-body.js';
import { definePolicy } from '../../pipeline/policy.js';
import { respond } from '../../pipeline/step.js';
import { integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { mediaType, responseOf } from '../validate-content/content-check.js';
import { sampleOf } from './sample.js';

const attributes = {
  'status-code': integer({ default: 200, least: 100, most: 999, expression: false }),
  'content-type': text({ expression: false }),
};

/** Ends the pipeline with an example of the API definition, a sample made from its schema, or an empty body. */
export const mockResponse = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'mock-response',
  sections: ['inbound', 'outbound', 'on-error'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config) {
    const statusCode = config['status-code'].literal ?? 200;
    const contentType = config['content-type']?.literal;
    return (context) => {
      const response = new Response(statusCode);
      const definition = context.parts.operation?.definition;
      const found = definition && contentOf(definition, statusCode, contentType);
      const content = found && bodyText(found.content, definition);
      if (content !== undefined) response.body = builtBody(context, content);
      const type = contentType ?? found?.type;
      if (type !== undefined && (content !== undefined || contentType !== undefined))
        response.headers.set('Content-Type', type);
      context.setResponse(response);
      return respond;
    };
  },
});

function contentOf(
  definition: OperationDefinition,
  statusCode: number,
  wanted: string | undefined,
): { type: string; content: ContentDefinition } | undefined {
  const contents = responseOf(definition, statusCode)?.content ?? {};
  const type = wanted === undefined ? Object.keys(contents)[0] : mediaType(wanted);
  const content = type === undefined ? undefined : contents[type];
  return type !== undefined && content ? { type, content } : undefined;
}

function bodyText(content: ContentDefinition, definition: OperationDefinition): string | undefined {
  if (content.example !== undefined)
    return typeof content.example === 'string' ? content.example : JSON.stringify(content.example);
  if (content.schema === undefined) return undefined;
  const sample = sampleOf(content.schema, definition.document);
  return typeof sample === 'string' ? sample : JSON.stringify(sample);
}
