import { shown } from '../plan/members.js';
import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  namesOf,
  type WorkflowArray,
  type WorkflowNumber,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { checkCounts, checkChoices, checkNumber, checkText } from './scalar-rules.js';
import { numericOf } from './numeric.js';
import { below, combination, decodeSegment, error, type Position } from './violation.js';
import { jsonType, memberPath, typeList, type SchemaError } from './schema-error.js';

/** How deep schemas may refer to each other before a recursion without end is assumed. */
const maximumDepth = 256;

/**
 * Validates a value against a JSON schema of draft 4 (with `const` and `contains` of later drafts), with the
 * messages, paths and order of Newtonsoft.Json.Schema.
 */
export function validateJson(value: WorkflowValue, schema: WorkflowValue): SchemaError[] {
  return new Validation(schema).check(value, schema, { path: '', schemaId: '#', depth: 0 });
}

class Validation {
  constructor(private readonly root: WorkflowValue) {}

  check(value: WorkflowValue, schema: WorkflowValue, at: Position): SchemaError[] {
    if (schema === false)
      return [error({ errorType: 'valid', message: 'Schema always fails validation.' }, value, at)];
    if (!isObject(schema) || at.depth > maximumDepth) return [];
    const reference = memberOf(schema, '$ref');
    if (typeof reference === 'string') {
      const target = this.resolve(reference);
      return target === undefined
        ? []
        : this.check(value, target, { ...at, schemaId: reference, depth: at.depth + 1 });
    }
    const type = this.checkType(value, schema, at);
    if (type) return [type];
    return [
      ...checkChoices(value, schema).map((violation) => error(violation, value, at)),
      ...this.checkContent(value, schema, at),
      ...this.checkCombinators(value, schema, at),
      ...(isObject(value) ? this.checkNames(value, schema, at) : []),
    ];
  }

  private resolve(reference: string): WorkflowValue | undefined {
    if (!reference.startsWith('#')) return undefined;
    let target: WorkflowValue | undefined = this.root;
    for (const part of reference
      .slice(1)
      .split('/')
      .filter((piece) => piece !== '')) {
      const name = decodeSegment(part);
      target = isArray(target)
        ? target[Number(name)]
        : isObject(target)
          ? memberOf(target, name)
          : undefined;
    }
    return target;
  }

  private checkType(
    value: WorkflowValue,
    schema: WorkflowObject,
    at: Position,
  ): SchemaError | undefined {
    const declared = memberOf(schema, 'type');
    const types = isArray(declared)
      ? declared.map(String)
      : typeof declared === 'string'
        ? [declared]
        : [];
    if (types.length === 0 || types.some((type) => type.toLowerCase() === 'any')) return undefined;
    const actual = jsonType(value);
    const wanted = types.map((type) => type.toLowerCase());
    if (
      wanted.includes(actual.toLowerCase()) ||
      (actual === 'Integer' && wanted.includes('number'))
    )
      return undefined;
    const message = `Invalid type. Expected ${typeList(types)} but got ${actual}.`;
    return { ...error({ errorType: 'type', message }, value, at) };
  }

  private checkContent(value: WorkflowValue, schema: WorkflowObject, at: Position): SchemaError[] {
    if (typeof value === 'string')
      return checkText(value, schema).map((violation) => error(violation, value, at));
    if (isArray(value)) {
      return [
        ...this.checkItems(value, schema, at),
        ...checkCounts(value, schema).map((violation) => error(violation, value, at)),
      ];
    }
    if (isObject(value)) return this.checkMembers(value, schema, at);
    if (value === null || typeof value === 'boolean') return [];
    return checkNumber(value as WorkflowNumber, schema).map((violation) =>
      error(violation, value, at),
    );
  }

  private checkItems(items: WorkflowArray, schema: WorkflowObject, at: Position): SchemaError[] {
    const rule = memberOf(schema, 'items');
    const errors: SchemaError[] = [];
    for (const [index, item] of items.entries()) {
      const path = `${at.path}[${index}]`;
      if (!isArray(rule)) {
        if (rule !== undefined) errors.push(...this.check(item, rule, below(at, path, 'items')));
      } else if (index < rule.length) {
        errors.push(...this.check(item, rule[index] ?? null, below(at, path, `items/${index}`)));
      } else {
        const rest = memberOf(schema, 'additionalItems');
        if (rest === false) {
          const message = `Index ${index + 1} has not been defined and the schema does not allow additional items.`;
          errors.push(error({ errorType: 'additionalItems', message }, items, { ...at, path }));
        } else if (rest !== undefined) {
          errors.push(...this.check(item, rest, below(at, path, 'additionalItems')));
        }
      }
    }
    const contains = memberOf(schema, 'contains');
    if (
      contains !== undefined &&
      !items.some((item) => this.check(item, contains, at).length === 0)
    ) {
      errors.push(error({ errorType: 'contains', message: 'No items match contains.' }, items, at));
    }
    return errors;
  }

  private checkMembers(
    object: WorkflowObject,
    schema: WorkflowObject,
    at: Position,
  ): SchemaError[] {
    const properties = memberOf(schema, 'properties');
    const additional = memberOf(schema, 'additionalProperties');
    const errors: SchemaError[] = [];
    for (const [name, value] of membersOf(object)) {
      const path = memberPath(at.path, name);
      const rule =
        isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (rule !== undefined) {
        errors.push(...this.check(value, rule, below(at, path, `properties/${name}`)));
      } else if (additional === false) {
        const message = `Property '${name}' has not been defined and the schema does not allow additional properties.`;
        errors.push({
          ...error({ errorType: 'additionalProperties', message }, object, { ...at, path }),
        });
      } else if (isObject(additional)) {
        errors.push(...this.check(value, additional, below(at, path, 'additionalProperties')));
      }
    }
    return errors;
  }

  private checkCombinators(
    value: WorkflowValue,
    schema: WorkflowObject,
    at: Position,
  ): SchemaError[] {
    const errors: SchemaError[] = [];
    for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
      const rules = memberOf(schema, keyword);
      if (!isArray(rules)) continue;
      const results = rules.map((rule, index) =>
        this.check(value, rule, below(at, at.path, `${keyword}/${index}`)),
      );
      const valid = [...results.keys()].filter((index) => results[index]?.length === 0);
      const violation = combination(keyword, valid, results.length);
      if (violation) errors.push(error(violation, value, at, results.flat()));
    }
    const not = memberOf(schema, 'not');
    if (not !== undefined && this.check(value, not, below(at, at.path, 'not')).length === 0) {
      errors.push(
        error({ errorType: 'not', message: "JSON is valid against schema from 'not'." }, value, at),
      );
    }
    return errors;
  }

  /** `required`, property counts and `dependencies`, which come last. */
  private checkNames(object: WorkflowObject, schema: WorkflowObject, at: Position): SchemaError[] {
    const errors: SchemaError[] = [];
    const names = namesOf(object);
    const required = memberOf(schema, 'required');
    const missing = isArray(required)
      ? required.filter((name) => !Object.hasOwn(object, shown(name)))
      : [];
    if (missing.length > 0) {
      const message = `Required properties are missing from object: ${missing.map(String).join(', ')}.`;
      errors.push({ ...error({ errorType: 'required', message }, object, at), value: missing });
    }
    for (const [keyword, errorType, wrong, text] of [
      [
        'maxProperties',
        'maximumProperties',
        (limit: number) => names.length > limit,
        'exceeds maximum',
      ],
      [
        'minProperties',
        'minimumProperties',
        (limit: number) => names.length < limit,
        'is less than minimum',
      ],
    ] as const) {
      const limit = numericOf(memberOf(schema, keyword));
      if (limit === undefined || !wrong(limit)) continue;
      errors.push(
        error(
          {
            errorType,
            message: `Object property count ${names.length} ${text} count of ${limit}.`,
          },
          object,
          at,
        ),
      );
    }
    return [...errors, ...this.checkDependencies(object, schema, at)];
  }

  private checkDependencies(
    object: WorkflowObject,
    schema: WorkflowObject,
    at: Position,
  ): SchemaError[] {
    const dependencies = memberOf(schema, 'dependencies');
    if (!isObject(dependencies)) return [];
    return membersOf(dependencies).flatMap(([name, rule]) => {
      if (!Object.hasOwn(object, name)) return [];
      if (isArray(rule)) {
        const missing = rule.map(String).filter((key) => !Object.hasOwn(object, key));
        const message = `Dependencies for property '${name}' failed. Missing required keys: ${missing.join(', ')}.`;
        return missing.length === 0
          ? []
          : [error({ errorType: 'dependencies', message }, object, at)];
      }
      const inner = this.check(object, rule, below(at, at.path, `dependencies/${name}`));
      return inner.length === 0
        ? []
        : [
            error(
              { errorType: 'dependencies', message: `Dependencies for property '${name}' failed.` },
              object,
              at,
              inner,
            ),
          ];
    });
  }
}
