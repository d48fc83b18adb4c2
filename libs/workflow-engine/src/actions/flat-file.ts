import { DotNetError } from '@isthmus/dotnet';
import { envelopeOf, isObject, memberOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import { decodeFlatFile, FlatFileError } from '../flat-file/decode-flat-file.js';
import { encodeFlatFile } from '../flat-file/encode-flat-file.js';
import {
  FlatFileSchemaError,
  readFlatFileSchema,
  type FlatFileSchema,
} from '../flat-file/flat-file-schema.js';
import { objectMember, textMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionScope, ActionType, Finished } from './action-type.js';
import { artifactName, contentText, missingContent, namedArtifact } from './content-text.js';
import { failed, succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

/** Makes XML of a flat file by a schema with flat file annotations. */
export const flatFileDecoding: ActionType = {
  type: 'FlatFileDecoding',
  start: (inputs, scope) =>
    convert(inputs, scope, (content, schema) =>
      envelopeOf(
        'application/xml; charset=utf-8',
        Buffer.from(decodeFlatFile(content, schema), 'utf8'),
      ),
    ),
};

/** Makes a flat file of XML by a schema with flat file annotations. */
export const flatFileEncoding: ActionType = {
  type: 'FlatFileEncoding',
  start: (inputs, scope) => convert(inputs, scope, encodeFlatFile),
};

function convert(
  inputs: WorkflowValue,
  scope: ActionScope,
  conversion: (content: string, schema: FlatFileSchema) => WorkflowValue,
): Finished {
  const content = contentText(inputs) ?? contentText(inputs, 'flatFile');
  if (content === undefined) return missingContent;
  const name = artifactName(inputs, 'schema') ?? artifactName(inputs, 'flatFileSchema');
  const found = namedArtifact(name, 'schema', scope);
  if ('refusal' in found) return found.refusal;
  try {
    return succeeded({ body: conversion(content, readFlatFileSchema(found.text, rootOf(inputs))) });
  } catch (error) {
    if (error instanceof FlatFileError) return failed('FlatFileConversionFailed', error.message);
    if (error instanceof FlatFileSchemaError || error instanceof DotNetError) {
      return badRequest(
        'InvalidSchema',
        worded`The schema '${found.name}' or the content cannot be used: ${error.message}`,
      );
    }
    throw error;
  }
}

/** `rootNode` names one of several roots of a schema. */
function rootOf(inputs: WorkflowValue): string | undefined {
  if (!isObject(inputs)) return undefined;
  const root = memberOf(inputs, 'rootNode');
  return typeof root === 'string'
    ? root
    : textMember(objectMember(inputs, 'schema') ?? {}, 'rootNode');
}
