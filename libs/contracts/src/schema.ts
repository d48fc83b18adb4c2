import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Static, TSchema } from '@sinclair/typebox';

/** One mistake in a value, with the JSON pointer of the member at fault. */
export interface ValidationDetail {
  readonly target: string;
  readonly message: string;
}

/** The outcome of validating a value of unknown origin against a schema. */
export type Validation<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly details: readonly ValidationDetail[] };

// ajv-formats is CommonJS: under ESM its callable sits on `default`.
const withFormats = addFormats as unknown as (ajv: Ajv) => void;

/** Bodies are checked as they are; path and query values are text and may be coerced to numbers and booleans. */
const strictAjv = new Ajv({ allErrors: true, strict: false });
const coercingAjv = new Ajv({ allErrors: true, strict: false, coerceTypes: 'array' });
withFormats(strictAjv);
withFormats(coercingAjv);

const compiled = new WeakMap<TSchema, { strict?: ValidateFunction; coercing?: ValidateFunction }>();

/**
 * Validates a value. With `coerce` textual numbers and booleans are converted (path and query
 * parameters); the value is changed in place then.
 */
export function validate<S extends TSchema>(
  schema: S,
  value: unknown,
  options: { coerce?: boolean } = {},
): Validation<Static<S>> {
  let entry = compiled.get(schema);
  if (!entry) compiled.set(schema, (entry = {}));
  const check = options.coerce
    ? (entry.coercing ??= coercingAjv.compile(schema))
    : (entry.strict ??= strictAjv.compile(schema));
  if (check(value)) return { ok: true, value: value as Static<S> };
  return { ok: false, details: (check.errors ?? []).map(describe) };
}

function describe(error: ErrorObject): ValidationDetail {
  const params = error.params as Record<string, unknown>;
  const extra =
    error.keyword === 'additionalProperties'
      ? ` ('${String(params['additionalProperty'])}')`
      : error.keyword === 'enum'
        ? `: ${(params['allowedValues'] as unknown[]).join(', ')}`
        : '';
  return { target: error.instancePath || '/', message: `${error.message ?? 'is invalid'}${extra}` };
}
