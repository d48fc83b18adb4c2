import { isRecord, parseYaml, position } from '../../../folder/parse-text.js';
import type { ImportedApi, ImportFormat, ImportInput } from '../../imported-api.js';
import { openDocument } from './document.js';
import type { OpenApiDocument } from './document.js';
import { readOperations } from './operations.js';
import { componentSchemas } from './schemas.js';

/** OpenAPI 2.0, 3.0, 3.1 and 3.2 documents, JSON or YAML. */
export const openapi: ImportFormat = {
  name: 'openapi',
  recognises: (file, text) =>
    /\.(ya?ml|json)$/i.test(file) || /["']?(openapi|swagger)["']?\s*:/.test(text.slice(0, 4096)),
  read: readOpenApi,
};

function readOpenApi(input: ImportInput): ImportedApi | undefined {
  const root = parseYaml(input.text, input.file, input.report);
  if (root === undefined) return undefined;
  const complain = (message: string): void =>
    input.report({ severity: 'error', message, file: input.file, line: 1, column: 1 });
  if (!isRecord(root)) {
    complain('An OpenAPI document is an object.');
    return undefined;
  }
  const document = openDocument(root, warnings(input));
  if (!document) {
    complain("The document names neither 'openapi: 3.x' nor 'swagger: \"2.0\"'.");
    return undefined;
  }
  const schemas = componentSchemas(document);
  const operations = readOperations(document, schemas, input);
  const info = isRecord(root['info']) ? root['info'] : {};
  const serviceUrl = firstServer(document);
  return {
    type: 'http',
    ...(typeof info['title'] === 'string' ? { displayName: info['title'] } : {}),
    ...(typeof info['description'] === 'string' ? { description: info['description'] } : {}),
    ...(serviceUrl ? { serviceUrl } : {}),
    operations,
    schemas: schemas.resources(),
  };
}

/** Reports a reference where it is written first, and each mistake once however often it is met. */
function warnings(input: ImportInput): (message: string, reference: string) => void {
  const told = new Set<string>();
  return (message, reference) => {
    const key = `${message} ${reference}`;
    if (told.has(key)) return;
    told.add(key);
    const offset = Math.max(0, input.text.indexOf(reference));
    const place = position(input.text, offset);
    input.report({ severity: 'warning', message, file: input.file, ...place });
  };
}

/** The first https address, else the first absolute one ("OpenAPI import: servers"). */
function firstServer(document: OpenApiDocument): string | undefined {
  const urls = document.servers.filter((url) => /^https?:\/\//i.test(url));
  const url = urls.find((one) => /^https:/i.test(one)) ?? urls[0];
  return url?.replace(/\/+$/, '');
}
