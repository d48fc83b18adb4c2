import type { WorkflowValue } from '@isthmus/workflow-expressions';
import type { Violation } from './scalar-rules.js';
import { shownValue, type SchemaError } from './schema-error.js';

/** Where in the value and in the schema a check stands. */
export interface Position {
  readonly path: string;
  readonly schemaId: string;
  readonly depth: number;
}

/** How `allOf`, `anyOf` or `oneOf` is violated, from the indexes of the schemas that hold. */
export function combination(
  keyword: 'allOf' | 'anyOf' | 'oneOf',
  valid: readonly number[],
  total: number,
): Violation | undefined {
  switch (keyword) {
    case 'anyOf':
      return valid.length > 0
        ? undefined
        : { errorType: keyword, message: "JSON does not match any schemas from 'anyOf'." };
    case 'allOf': {
      const invalid = [...Array(total).keys()].filter((index) => !valid.includes(index));
      if (invalid.length === 0) return undefined;
      return {
        errorType: keyword,
        message: `JSON does not match all schemas from 'allOf'. Invalid schema indexes: ${invalid.join(', ')}.`,
      };
    }
    case 'oneOf':
      if (valid.length === 1) return undefined;
      return {
        errorType: keyword,
        message:
          valid.length === 0
            ? "JSON is valid against no schemas from 'oneOf'."
            : `JSON is valid against more than one schema from 'oneOf'. Valid schema indexes: ${valid.join(', ')}.`,
      };
  }
}

/** A violation at a position. */
export function error(
  violation: Violation,
  value: WorkflowValue,
  at: Position,
  childErrors: readonly SchemaError[] = [],
): SchemaError {
  return { ...violation, path: at.path, ...shownValue(value), schemaId: at.schemaId, childErrors };
}

/** The position of what stands below another one. */
export function below(at: Position, path: string, keyword: string): Position {
  return { path, schemaId: `${at.schemaId}/${keyword}`, depth: at.depth + 1 };
}

/** A segment of a JSON pointer in a reference. */
export function decodeSegment(part: string): string {
  const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
