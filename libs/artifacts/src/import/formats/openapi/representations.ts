import { isRecord } from '../../../folder/parse-text.js';
import type { OpenApiDocument } from './document.js';
import type { ComponentSchemas } from './schemas.js';

/** Where a representation stands: what its schema is called when it is written in place. */
export interface RepresentationNaming {
  readonly schemas: ComponentSchemas;
  readonly typeName: string;
}

/** ARM's RepresentationContracts of a 3.x `content` map. */
export function contentRepresentations(
  document: OpenApiDocument,
  content: unknown,
  naming: RepresentationNaming,
): Record<string, unknown>[] {
  if (!isRecord(content)) return [];
  return Object.entries(content).map(([contentType, written]) => {
    const media = document.resolve(written) ?? {};
    const representation: Record<string, unknown> = {
      contentType,
      ...naming.schemas.reference(media['schema'], naming.typeName),
    };
    const examples = mediaExamples(document, media);
    if (examples) representation['examples'] = examples;
    return representation;
  });
}

/** ARM's RepresentationContracts of a 2.0 body or response: one schema, several media types. */
export function schemaRepresentations(
  mediaTypes: readonly string[],
  body: { readonly schema?: unknown; readonly examples?: unknown },
  naming: RepresentationNaming,
): Record<string, unknown>[] {
  const examples = isRecord(body.examples) ? body.examples : {};
  if (body.schema === undefined && Object.keys(examples).length === 0) return [];
  const reference = naming.schemas.reference(body.schema, naming.typeName);
  const types = new Set([...mediaTypes, ...Object.keys(examples)]);
  if (types.size === 0) types.add('application/json');
  return [...types].map((contentType) => ({
    contentType,
    ...reference,
    ...(examples[contentType] === undefined
      ? {}
      : { examples: { default: { value: examples[contentType] } } }),
  }));
}

function mediaExamples(
  document: OpenApiDocument,
  media: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  if (media['example'] !== undefined) return { default: { value: media['example'] } };
  if (isRecord(media['examples'])) {
    return Object.fromEntries(
      Object.entries(media['examples']).map(([name, value]) => [
        name,
        document.resolve(value) ?? {},
      ]),
    );
  }
  const schema = document.resolve(media['schema']);
  if (schema?.['example'] !== undefined) return { default: { value: schema['example'] } };
  return undefined;
}
