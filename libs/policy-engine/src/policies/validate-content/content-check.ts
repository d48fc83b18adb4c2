import { parseBoundedJson } from '../../values/bounded-json.js';
import { compileSchemas, parseDocument, withinWork, WorkError } from '@isthmus/dotnet';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { PolicyElement } from '../../document/policy-element.js';
import type { Body } from '../../model/body.js';
import type { ContentDefinition, OperationDefinition } from '../../model/entities.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { schemaCheck, type SchemaHome } from '../../validation/schema-validator.js';
import type { ValidationAction } from '../../validation/validation-errors.js';
import type { Value } from '../../values/value.js';

/** One `content` element. */
export interface ContentRule {
  /** Undefined: any content type of the definition. */
  readonly type: Value<string> | undefined;
  readonly as: 'json' | 'xml' | 'soap';
  readonly schemaId: string | undefined;
  readonly schemaRef: string | undefined;
  readonly action: Value<ValidationAction>;
  readonly additionalProperties: boolean | undefined;
  readonly ignoreCase: boolean;
}

/** What is wrong with a body; undefined when nothing is. */
export type ContentResult =
  | { readonly definition: string; readonly why: string; readonly action: ValidationAction }
  | 'unspecified'
  | undefined;

/** A content type without parameters, in lower case. */
export function mediaType(text: string): string {
  return text.split(';')[0]!.trim().toLowerCase();
}

interface SchemaResource {
  readonly check: (content: string) => string | undefined;
}

/** A function that checks a body by the rules; schema resources are compiled now. */
export function makeContentChecks(
  rules: readonly ContentRule[],
  compiler: PolicyCompiler,
  xml: PolicyElement,
): (context: PolicyContext, type: string, body: Body) => ContentResult {
  const prepared = rules.map((rule) => ({
    rule,
    resource: rule.schemaId === undefined ? undefined : resourceOf(rule, compiler, xml),
  }));
  return (context, type, body) => {
    const found = prepared.find(
      ({ rule }) => !rule.type || mediaType(rule.type.evaluate(context)) === type,
    );
    const defined = contentOf(context, compiler.onResponse)?.[type];
    if (!found || (!found.rule.type && !defined))
      return defined && !found ? undefined : 'unspecified';
    const action = found.rule.action.evaluate(context);
    if (action === 'ignore') return undefined;
    const why = found.resource
      ? found.resource.check(body.text)
      : byDefinition(found.rule, defined, { context, body });
    return why === undefined
      ? undefined
      : { definition: found.rule.schemaId ?? nameOf(defined), why, action };
  };
}

function contentOf(
  context: PolicyContext,
  response: boolean,
): Readonly<Record<string, ContentDefinition>> | undefined {
  const definition = context.parts.operation?.definition;
  if (!response) return definition?.requestContent;
  return definition && responseOf(definition, context.response?.statusCode ?? 0)?.content;
}

/** The definition of a response: by code, class (`4XX`) or default. */
export function responseOf(
  definition: OperationDefinition,
  statusCode: number,
): OperationDefinition['responses'][string] | undefined {
  const { responses } = definition;
  const code = String(statusCode);
  return (
    responses[code] ??
    responses[`${code[0]}XX`] ??
    responses[`${code[0]}xx`] ??
    responses['default']
  );
}

/** `Order` of `#/components/schemas/Order`, for messages. */
function nameOf(content: ContentDefinition | undefined): string {
  const reference = (content?.schema as { $ref?: unknown } | undefined)?.$ref;
  return typeof reference === 'string' ? reference.slice(reference.lastIndexOf('/') + 1) : '';
}

function byDefinition(
  rule: ContentRule,
  content: ContentDefinition | undefined,
  { context, body }: { context: PolicyContext; body: Body },
): string | undefined {
  if (rule.as !== 'json') return wellFormed(body.text);
  const definition = context.parts.operation?.definition;
  return checkJson(body.text, content?.schema, {
    home: { document: definition?.document, dialect: definition?.dialect ?? 'openapi-3.0' },
    rule,
  });
}

function checkJson(
  text: string,
  schema: unknown,
  { home, rule }: { home: SchemaHome; rule: ContentRule },
): string | undefined {
  let data: unknown;
  try {
    data = parseBoundedJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return `The message body is not a valid JSON. ${error instanceof Error ? error.message : ''}`;
  }
  // A sender who repeats a name wants two readers to see two things (security-cases 2.1, 25).
  if (hasDuplicateNames(text)) return 'A property name occurs twice in one object.';
  return schemaCheck(schema, home, {
    additionalProperties: rule.additionalProperties,
    ignorePropertyCase: rule.ignoreCase,
  })(data);
}

function wellFormed(text: string): string | undefined {
  try {
    withinWork(() => parseDocument(text.replace(/^\uFEFF/, '')));
    return undefined;
  } catch (error) {
    return `The message body is not a valid XML. ${error instanceof Error ? error.message : ''}`;
  }
}

function resourceOf(
  rule: ContentRule,
  compiler: PolicyCompiler,
  xml: PolicyElement,
): SchemaResource {
  const source = compiler.schema(rule.schemaId!);
  if (!source && compiler.report.at.known.schemas) {
    compiler.report.problem(
      'reference',
      `Schema with id '${rule.schemaId}' could not be found.`,
      xml,
    );
  }
  if (!source) return { check: () => `Schema '${rule.schemaId}' could not be found.` };
  try {
    return source.type === 'json'
      ? jsonResource(rule, source.text)
      : xmlResource(rule, source.text);
  } catch (error) {
    const message = `The schema '${rule.schemaId}' is invalid: ${error instanceof Error ? error.message : String(error)}`;
    compiler.report.problem('reference', message, xml);
    return { check: () => message };
  }
}

function jsonResource(rule: ContentRule, text: string): SchemaResource {
  const document = JSON.parse(text) as Record<string, unknown>;
  const schema = rule.schemaRef
    ? { $ref: rule.schemaRef.startsWith('#') ? rule.schemaRef : `#${rule.schemaRef}` }
    : document;
  const home: SchemaHome = {
    document,
    dialect: document['components'] ? 'openapi-3.0' : 'json-schema',
  };
  return { check: (content) => checkJson(content, schema, { home, rule }) };
}

function xmlResource(rule: ContentRule, text: string): SchemaResource {
  const schemas = compileSchemas([{ text }]);
  return {
    check(content) {
      const payload = rule.as === 'soap' ? soapPayload(content) : content;
      try {
        return withinWork(() => schemas.validate(payload))[0]?.message;
      } catch (error) {
        if (error instanceof WorkError) return error.message;
        throw error;
      }
    },
  };
}

/** The first element of the SOAP body, with the namespace declarations of the envelope. */
function soapPayload(content: string): string {
  // Each form ends at the next bracket: what begins a thousand times and never ends is read once.
  const open = /<(?:[\w.-]+:)?Body\b[^<>]*>/.exec(content);
  const close = [...content.matchAll(/<\/(?:[\w.-]+:)?Body\s*>/g)].at(-1);
  if (!open || !close || close.index < open.index) return content;
  const body = content.slice(open.index + open[0].length, close.index).trim();
  const envelope = /<(?:[\w.-]+:)?Envelope\b([^<>]*)>/.exec(content)?.[1] ?? '';
  const declarations = (envelope.match(/xmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')/g) ?? []).join(
    ' ',
  );
  return body.replace(/^<([\w.:-]+)/, (all, name: string) =>
    declarations === '' ? all : `<${name} ${declarations}`,
  );
}

/** Scans JSON that is known to parse for a name that an object holds twice. */
function hasDuplicateNames(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"\s*(:)?|[{}[\]]/g;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [all, colon] = match;
    if (all === '{') open.push(new Set());
    else if (all === '[') open.push(undefined);
    else if (all === '}' || all === ']') open.pop();
    else if (colon) {
      const name = JSON.parse(all.slice(0, all.lastIndexOf('"') + 1)) as string;
      const names = open.at(-1);
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}
