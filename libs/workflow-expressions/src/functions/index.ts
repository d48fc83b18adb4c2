import { collectionFunctions } from './collection.js';
import { conversionFunctions } from './conversion.js';
import type { WorkflowFunction } from './function.js';
import { dateTimeFunctions } from './date-time.js';
import { logicalFunctions } from './logical.js';
import { mathFunctions } from './math.js';
import { numberTextFunctions } from './number-text.js';
import { objectFunctions } from './object.js';
import { referenceFunctions } from './reference.js';
import { stringFunctions } from './string.js';
import { uriFunctions } from './uri.js';
import { xmlFunctions } from './xml.js';

export type { WorkflowFunction } from './function.js';

/** The functions of the workflow language by group, as the reference lists them. */
export const functionGroups = {
  string: stringFunctions,
  collection: collectionFunctions,
  logical: logicalFunctions,
  conversion: conversionFunctions,
  number: numberTextFunctions,
  math: mathFunctions,
  object: objectFunctions,
  uri: uriFunctions,
  dateTime: dateTimeFunctions,
  xml: xmlFunctions,
  reference: referenceFunctions,
} as const satisfies Readonly<Record<string, readonly WorkflowFunction[]>>;

/** All functions by name in lower case. */
export const functions: ReadonlyMap<string, WorkflowFunction> = new Map(
  Object.values(functionGroups)
    .flat()
    .map((known) => [known.name.toLowerCase(), known] as const),
);
