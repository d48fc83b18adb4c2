import type { ImportedApi, ImportFormat, ImportInput } from '../imported-api.js';
import { graphql } from './graphql/graphql.js';
import { openapi } from './openapi/openapi.js';
import { wadl } from './wadl/wadl.js';
import { wsdl } from './wsdl/wsdl.js';

/** Every format that an API can be imported from; the first that recognises a document reads it. */
export const importFormats: readonly ImportFormat[] = [wsdl, wadl, graphql, openapi];

/** Reads an API description of any known format; mistakes are reported, undefined means no API. */
export function importApi(input: ImportInput): ImportedApi | undefined {
  const format = importFormats.find((one) => one.recognises(input.file, input.text));
  if (format) return format.read(input);
  const known = importFormats.map((one) => one.name).join(', ');
  const message = `This is no API description of a known format (${known}).`;
  input.report({ severity: 'error', message, file: input.file, line: 1, column: 1 });
  return undefined;
}
