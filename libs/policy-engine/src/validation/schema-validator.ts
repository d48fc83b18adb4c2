import { DotNetError, withinWork, WorkError } from '@isthmus/dotnet';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import type { OperationDefinition } from '../model/entities.js';
import { counted, countedVisits } from './counted-schema.js';
import { SchemaPattern } from './schema-pattern.js';
import { uniqueItems } from './unique-items.js';

/** What to change about a schema before it is used. */
export interface SchemaOptions {
  /** Undefined: the schema decides. */
  readonly additionalProperties?: boolean | undefined;
  readonly ignorePropertyCase?: boolean;
  /** Values are texts (parameters, headers): `"7"` counts as an integer. */
  readonly coerce?: boolean;
}

/** Undefined when the data conforms, else what is wrong. */
export type SchemaCheck = (data: unknown) => string | undefined;

/** Where `$ref` pointers lead and which JSON Schema dialect applies. */
export interface SchemaHome {
  readonly document: unknown;
  readonly dialect: OperationDefinition['dialect'] | 'json-schema';
}

const checks = new WeakMap<object, Map<string, SchemaCheck>>();

/**
 * Compiles a schema once; the check is kept as long as the schema object lives. A schema that does not compile
 * gives a check that says so.
 */
export function schemaCheck(
  schema: unknown,
  home: SchemaHome,
  options: SchemaOptions = {},
): SchemaCheck {
  if (typeof schema === 'boolean') return () => (schema ? undefined : 'No value is allowed.');
  if (typeof schema !== 'object' || schema === null) return () => undefined;
  const key = `${options.additionalProperties}|${options.ignorePropertyCase}|${options.coerce}`;
  let known = checks.get(schema);
  if (!known) checks.set(schema, (known = new Map()));
  let check = known.get(key);
  if (!check) known.set(key, (check = compile(schema, home, options)));
  return check;
}

function compile(schema: object, home: SchemaHome, options: SchemaOptions): SchemaCheck {
  let validate: ValidateFunction;
  try {
    const root = adapt({ ...referenced(home.document), ...schema }, options) as object;
    validate = makeAjv(home.dialect, options.coerce ?? false).compile(counted(root));
  } catch (error) {
    const message = `The schema is invalid: ${error instanceof Error ? error.message : String(error)}`;
    return () => message;
  }
  return (data) => {
    const seen = options.ignorePropertyCase ? lowerNames(data) : data;
    try {
      return withinWork(() => validate(seen), mostVisits)
        ? undefined
        : describe(validate.errors ?? []);
    } catch (error) {
      // A pattern that takes too long on this text, or a schema over itself on this value.
      if (error instanceof DotNetError || error instanceof WorkError)
        return 'The value takes too much work to be checked.';
      throw error;
    }
  };
}

/** Visits of subschemas that one value may take. */
const mostVisits = 1_000_000;

const schemaPattern = Object.assign(
  (pattern: string, flags: string): SchemaPattern => new SchemaPattern(pattern, flags),
  { code: 'new SchemaPattern' },
);

function makeAjv(dialect: SchemaHome['dialect'], coerce: boolean): Ajv {
  const settings = {
    strict: false,
    allErrors: false,
    logger: false,
    validateFormats: true,
    code: { regExp: schemaPattern },
    ...(coerce ? { coerceTypes: 'array' as const } : {}),
  } as const;
  const ajv =
    dialect === 'openapi-3.1' || dialect === 'json-schema'
      ? new Ajv2020(settings)
      : (new AjvDraft04.default(settings) as unknown as Ajv);
  addFormats.default(ajv as never);
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(uniqueItems);
  ajv.addKeyword(countedVisits);
  return ajv as Ajv;
}

/** The members of a document that pointers lead to. */
function referenced(document: unknown): Record<string, unknown> {
  if (typeof document !== 'object' || document === null) return {};
  const { components, definitions, $defs } = document as Record<string, unknown>;
  return {
    ...(components ? { components } : {}),
    ...(definitions ? { definitions } : {}),
    ...($defs ? { $defs } : {}),
  };
}

/** A copy of the schema with the options worked in. */
function adapt(node: unknown, options: SchemaOptions, names = false): unknown {
  if (options.additionalProperties === undefined && !options.ignorePropertyCase) return node;
  if (Array.isArray(node)) return node.map((item) => adapt(item, options));
  if (typeof node !== 'object' || node === null) return node;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    const name = names && options.ignorePropertyCase ? key.toLowerCase() : key;
    if (!names && (key === 'enum' || key === 'const' || key === 'default' || key === 'example'))
      result[name] = value;
    else if (!names && key === 'required' && Array.isArray(value) && options.ignorePropertyCase)
      result[name] = value.map((one) => String(one).toLowerCase());
    else result[name] = adapt(value, options, !names && key === 'properties');
  }
  if (names || options.additionalProperties === undefined) return result;
  if (options.additionalProperties) delete result['additionalProperties'];
  else if (result['properties'] || result['type'] === 'object')
    result['additionalProperties'] = false;
  return result;
}

function lowerNames(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(lowerNames);
  if (typeof data !== 'object' || data === null) return data;
  const result = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(data)) result[key.toLowerCase()] = lowerNames(value);
  return result;
}

function describe([first]: readonly ErrorObject[]): string {
  if (!first) return 'The value does not match the schema.';
  const where =
    first.instancePath === '' ? '' : ` Path '${first.instancePath.slice(1).replaceAll('/', '.')}'.`;
  const extra =
    typeof first.params?.['additionalProperty'] === 'string'
      ? ` '${first.params['additionalProperty']}'`
      : '';
  return `${first.message ?? 'The value does not match the schema.'}${extra}.${where}`;
}
