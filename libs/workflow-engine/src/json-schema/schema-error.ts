import {
  isArray,
  isObject,
  kindOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** One violation of a schema, as Newtonsoft.Json.Schema reports it. */
export interface SchemaError {
  readonly message: string;
  /** Path of the value as Newtonsoft writes it: `rows[1].name`. */
  readonly path: string;
  readonly value?: WorkflowValue;
  /** Pointer of the schema: `#/properties/name`. */
  readonly schemaId: string;
  /** The keyword in camel case. */
  readonly errorType: string;
  readonly childErrors: readonly SchemaError[];
}

/** The item of `errors` in the outputs of a failed ParseJson action. */
export function schemaErrorView(error: SchemaError): WorkflowObject {
  return {
    message: error.message,
    lineNumber: 0,
    linePosition: 0,
    path: error.path,
    ...(error.value !== undefined && { value: error.value }),
    schemaId: error.schemaId,
    errorType: error.errorType,
    childErrors: error.childErrors.map(schemaErrorView),
  };
}

/** JSON types in the order in which messages list them. */
const typeOrder = ['String', 'Number', 'Integer', 'Boolean', 'Object', 'Array', 'Null'] as const;

/** Types as a message lists them. */
export function typeList(types: readonly string[]): string {
  const wanted = new Set(types.map((type) => type.toLowerCase()));
  return typeOrder.filter((type) => wanted.has(type.toLowerCase())).join(', ');
}

/** The JSON type of a value; every float is a Number, also 1.0. */
export function jsonType(value: WorkflowValue): (typeof typeOrder)[number] {
  const kind = kindOf(value);
  return kind === 'Float' || kind === 'Decimal' ? 'Number' : kind;
}

/** Scalars are shown beside an error, null and containers are not. */
export function shownValue(value: WorkflowValue): { value?: WorkflowValue } {
  return value === null || isArray(value) || isObject(value) ? {} : { value };
}

/** The path of a member below another path. */
export function memberPath(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `${path}['${name.replace(/['\\]/g, '\\$&')}']`;
  return path === '' ? name : `${path}.${name}`;
}
