import {
  compileTemplate,
  memberOf,
  pathKeys,
  textOf,
  type ExpressionInput,
} from './expressions.js';

/** Parameters of a policy template instance. */
export type Parameters = Readonly<Record<string, unknown>>;
/** Changes the JSON of a body, which belongs to the caller. */
export type BodyTemplate = (body: unknown, input: ExpressionInput) => unknown;

const prefix = 'x-ms-apimTemplateParameter.';

/** A parameter that must be there. @throws Error that names it */
export function required(parameters: Parameters, name: string): string {
  const value = optional(parameters, name);
  if (value === undefined)
    throw new Error(`connector properties: a policy template lacks ${prefix}${name}`);
  return value;
}

/** A text among the parameters; the text `null` stands for none. */
export function optional(parameters: Parameters, name: string): string | undefined {
  const value = parameters[prefix + name];
  return typeof value === 'string' && value !== 'null' ? value : undefined;
}

type Keys = readonly (string | number)[];
type Container = Record<string, unknown>;

/** The object, or each object of the collection, that a path leads to; with the input that its items see. */
function parentsOf(
  body: unknown,
  path: string,
): (input: ExpressionInput) => readonly (readonly [Container, ExpressionInput])[] {
  const locate = compileTemplate(path);
  return (given) => {
    const input = { ...given, body };
    const found = locate(input);
    const list: readonly unknown[] = Array.isArray(found) ? found : [found];
    return list
      .filter((one): one is Container => typeof one === 'object' && one !== null)
      .map((one) => [one, { ...input, item: one }] as const);
  };
}

function put(holder: Container, keys: Keys, value: unknown): void {
  let at: unknown = holder;
  for (const key of keys.slice(0, -1)) {
    let next = memberOf(at, key);
    if (typeof next !== 'object' || next === null) {
      next = {};
      define(at as Container, key, next);
    }
    at = next;
  }
  define(at as Container, keys.at(-1) ?? '', value);
}

/** A property of its own, whatever its name is. */
function define(holder: Container, key: string | number, value: unknown): void {
  Object.defineProperty(holder, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function get(holder: Container, keys: Keys): unknown {
  return keys.reduce<unknown>(memberOf, holder);
}

/** A template that writes a property from another one: `change` gives undefined where it does not apply. */
function conversion(
  make: (parameters: Parameters) => (value: unknown) => unknown,
): (parameters: Parameters) => BodyTemplate {
  return (parameters) => {
    const change = make(parameters);
    const parent = required(parameters, 'propertyParentPath');
    const source = optional(parameters, 'propertySubPath');
    const from: Keys = source === undefined ? [] : pathKeys(source);
    const target = required(parameters, 'newPropertyPath');
    // A path from the whole body, or one below the parent.
    const isAbsolute = /^@body\(\)/i.test(target);
    const to = pathKeys(isAbsolute ? target.replace(/^@body\(\)\??\.?/i, '') : target);
    return (body, input) => {
      for (const [holder] of parentsOf(body, parent)(input)) {
        const value = change(get(holder, from));
        if (value !== undefined) put(isAbsolute ? (body as Container) : holder, to, value);
      }
      return body;
    };
  };
}

const isObject = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Policy templates that change a body, by id in lower case. Source: the schema of apiProperties.json in the connector
 * catalogue, and "Policy templates for custom connectors" of the Power Platform documentation.
 */
export const bodyTemplates: Readonly<Record<string, (parameters: Parameters) => BodyTemplate>> = {
  setproperty: (parameters) => {
    const parent = required(parameters, 'newPropertyParentPathTemplate');
    const keys = pathKeys(required(parameters, 'newPropertySubPathTemplate'));
    const value = compileTemplate(required(parameters, 'propertyValuePathTemplate'));
    return (body, input) => {
      for (const [holder, inside] of parentsOf(body, parent)(input))
        put(holder, keys, value(inside));
      return body;
    };
  },
  stringreplace: conversion((parameters) => {
    const source = required(parameters, 'sourceString');
    const replacement = required(parameters, 'replacementString');
    return (value) =>
      typeof value === 'string' && source !== ''
        ? value.replaceAll(source, () => replacement)
        : undefined;
  }),
  encodepropertyvalue: conversion(
    () => (value) => (typeof value === 'string' ? encodeURIComponent(value) : undefined),
  ),
  convertobjecttoarray: conversion((parameters) => {
    const key = optional(parameters, 'keyName') ?? 'key';
    const name = optional(parameters, 'valueName') ?? 'value';
    return (value) =>
      isObject(value)
        ? Object.entries(value).map(([each, inner]) => ({ [key]: each, [name]: inner }))
        : undefined;
  }),
  convertarraytoobject: conversion((parameters) => {
    const keys = pathKeys(required(parameters, 'keyWithinCollectionPath'));
    const retains = optional(parameters, 'retainKey') !== 'false';
    const [own] = keys;
    return (value) =>
      Array.isArray(value)
        ? Object.fromEntries(
            value
              .filter(isObject)
              .map((item) => [
                textOf(get(item, keys)),
                retains
                  ? item
                  : Object.fromEntries(Object.entries(item).filter(([name]) => name !== own)),
              ]),
          )
        : undefined;
  }),
  stringtoarray: conversion((parameters) => {
    const delimiters = new Set(required(parameters, 'delimiterList'));
    const child = required(parameters, 'childPropertyName');
    return (value) => {
      if (typeof value !== 'string') return undefined;
      const parts = [''];
      for (const character of value) {
        if (delimiters.has(character)) parts.push('');
        else parts.push(`${parts.pop() ?? ''}${character}`);
      }
      return parts.map((part) => ({ [child]: part.trim() }));
    };
  }),
};

/** `updatenextlink`: where the answer names its next page, the name leads through this connector. */
export function nextLinkTemplate(
  parameters: Parameters,
  throughHere: (link: string, input: ExpressionInput) => string,
): BodyTemplate {
  const name = required(parameters, 'nextLinkPropertyName');
  const parent = optional(parameters, 'nextLinkParentPropertyPath') ?? '@body()';
  return (body, input) => {
    for (const [holder] of parentsOf(body, parent)(input)) {
      const link = memberOf(holder, name);
      if (typeof link === 'string' && link !== '') define(holder, name, throughHere(link, input));
    }
    return body;
  };
}
