import {
  isArray,
  kindOf,
  memberOf,
  textOf,
  writeJson,
  type WorkflowNumber,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { numericOf } from './numeric.js';
import { hasFormat } from './formats.js';
import { equalValues } from './equal-values.js';

/** A keyword that was violated. */
export interface Violation {
  readonly errorType: string;
  readonly message: string;
}

/** `enum` and `const`. */
export function checkChoices(value: WorkflowValue, schema: WorkflowObject): Violation[] {
  const found: Violation[] = [];
  const choices = memberOf(schema, 'enum');
  if (isArray(choices) && !choices.some((choice) => equalValues(choice, value))) {
    found.push({ errorType: 'enum', message: `Value ${writeJson(value)} is not defined in enum.` });
  }
  if (Object.hasOwn(schema, 'const') && !equalValues(schema['const'] ?? null, value)) {
    found.push({ errorType: 'const', message: `Value ${writeJson(value)} does not match const.` });
  }
  return found;
}

export function checkNumber(value: WorkflowNumber, schema: WorkflowObject): Violation[] {
  const number = numericOf(value) ?? 0;
  const kind = kindOf(value) === 'Integer' ? 'Integer' : 'Float';
  const shown = `${kind} ${textOf(value)}`;
  const found: Violation[] = [];
  for (const bound of ['minimum', 'maximum'] as const) {
    const exclusiveKey = bound === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum';
    const exclusive = memberOf(schema, exclusiveKey);
    const limitValue =
      typeof exclusive === 'boolean' || exclusive === undefined
        ? memberOf(schema, bound)
        : exclusive;
    const limit = numericOf(limitValue);
    if (limit === undefined) continue;
    const beyond = bound === 'minimum' ? number < limit : number > limit;
    const text = textOf(limitValue ?? null);
    if (beyond) {
      const verb = bound === 'minimum' ? 'is less than minimum' : 'exceeds maximum';
      found.push({ errorType: bound, message: `${shown} ${verb} value of ${text}.` });
    } else if (number === limit && exclusive !== undefined && exclusive !== false) {
      found.push({
        errorType: bound,
        message: `${shown} equals ${bound} value of ${text} and exclusive ${bound} is true.`,
      });
    }
  }
  const divisor = numericOf(memberOf(schema, 'multipleOf'));
  if (divisor !== undefined && divisor !== 0 && !isMultiple(number, divisor)) {
    found.push({
      errorType: 'multipleOf',
      message: `${shown} is not a multiple of ${textOf(memberOf(schema, 'multipleOf') ?? null)}.`,
    });
  }
  return found;
}

function isMultiple(number: number, divisor: number): boolean {
  const quotient = number / divisor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

export function checkText(text: string, schema: WorkflowObject): Violation[] {
  const found: Violation[] = [];
  const least = numericOf(memberOf(schema, 'minLength'));
  if (least !== undefined && text.length < least) {
    found.push({
      errorType: 'minimumLength',
      message: `String '${text}' is less than minimum length of ${least}.`,
    });
  }
  const most = numericOf(memberOf(schema, 'maxLength'));
  if (most !== undefined && text.length > most) {
    found.push({
      errorType: 'maximumLength',
      message: `String '${text}' exceeds maximum length of ${most}.`,
    });
  }
  const format = memberOf(schema, 'format');
  if (typeof format === 'string' && !hasFormat(text, format)) {
    found.push({
      errorType: 'format',
      message: `String '${text}' does not validate against format '${format}'.`,
    });
  }
  return found;
}

/** `minItems`, `maxItems`, `uniqueItems`. */
export function checkCounts(items: readonly WorkflowValue[], schema: WorkflowObject): Violation[] {
  const found: Violation[] = [];
  const least = numericOf(memberOf(schema, 'minItems'));
  if (least !== undefined && items.length < least) {
    found.push({
      errorType: 'minimumItems',
      message: `Array item count ${items.length} is less than minimum count of ${least}.`,
    });
  }
  const most = numericOf(memberOf(schema, 'maxItems'));
  if (most !== undefined && items.length > most) {
    found.push({
      errorType: 'maximumItems',
      message: `Array item count ${items.length} exceeds maximum count of ${most}.`,
    });
  }
  if (memberOf(schema, 'uniqueItems') === true) {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const text = writeJson(item);
      if (seen.has(text))
        found.push({
          errorType: 'uniqueItems',
          message: `Non-unique array item at index ${index}.`,
        });
      seen.add(text);
    }
  }
  return found;
}
