import { isRecord } from '../../../folder/parse-text.js';
import type { ImportedSchema } from '../../imported-api.js';
import type { OpenApiDocument } from './document.js';

/** Name of the schema resource that an import makes: one document with all named schemas. */
export const componentsSchemaName = 'openapi-components';

/** How a representation or parameter names its schema. */
export interface SchemaReference {
  readonly schemaId: string;
  readonly typeName: string;
}

/** The named schemas of an API: those of the document, and one for each schema written in place. */
export interface ComponentSchemas {
  /** The name of a schema: its own when it is a reference, else `suggestedName`, made unique. */
  reference(schema: unknown, suggestedName: string): SchemaReference | undefined;
  resources(): readonly ImportedSchema[];
}

/** Starts the schema list of a document; `definitions` of 2.0 become `components.schemas`. */
export function componentSchemas(document: OpenApiDocument): ComponentSchemas {
  const named: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(document.schemas)) named[name] = relocate(schema);
  const prefix = document.version === 2 ? '#/definitions/' : '#/components/schemas/';
  return {
    reference(schema, suggestedName) {
      if (schema === undefined || schema === null) return undefined;
      const own = isRecord(schema) && typeof schema['$ref'] === 'string' ? schema['$ref'] : '';
      const target = own.startsWith(prefix)
        ? own.slice(prefix.length).replace(/~1/g, '/').replace(/~0/g, '~')
        : '';
      if (target !== '' && Object.hasOwn(named, target))
        return { schemaId: componentsSchemaName, typeName: target };
      let typeName = suggestedName;
      for (let suffix = 1; Object.hasOwn(named, typeName); suffix++)
        typeName = `${suggestedName}-${suffix}`;
      named[typeName] = relocate(schema);
      return { schemaId: componentsSchemaName, typeName };
    },
    resources() {
      if (Object.keys(named).length === 0) return [];
      const contentType = 'application/vnd.oai.openapi.components+json';
      return [
        {
          name: componentsSchemaName,
          properties: {
            contentType,
            document: { openapi: document.specification, components: { schemas: named } },
          },
        },
      ];
    },
  };
}

function relocate(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(relocate);
  if (!isRecord(schema)) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === '__proto__') continue;
    copy[key] =
      key === '$ref' && typeof value === 'string'
        ? value.replace(/^#\/definitions\//, '#/components/schemas/')
        : relocate(value);
  }
  return copy;
}

/** "OrdersOrderIdGetRequest" for "/orders/{orderId}", "get", "Request": the name Azure's import gives. */
export function inlineTypeName(path: string, method: string, role: string): string {
  const words = `${path}-${method}-${role}`.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
