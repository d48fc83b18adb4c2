import { Type, validate, type Static } from '@isthmus/contracts';

const Parameter = Type.Object(
  {
    name: Type.String(),
    in: Type.String(),
    required: Type.Optional(Type.Boolean()),
    default: Type.Optional(Type.Unknown()),
    enum: Type.Optional(Type.Array(Type.Unknown())),
    'x-ms-url-encoding': Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);
export type Parameter = Static<typeof Parameter>;

const Swagger = Type.Object(
  {
    swagger: Type.Literal('2.0'),
    host: Type.Optional(Type.String()),
    basePath: Type.Optional(Type.String()),
    schemes: Type.Optional(Type.Array(Type.String())),
    paths: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
    parameters: Type.Optional(Type.Record(Type.String(), Parameter)),
    'x-ms-parameterized-host': Type.Optional(
      Type.Object(
        {
          hostTemplate: Type.String(),
          useSchemePrefix: Type.Optional(Type.Boolean()),
          parameters: Type.Optional(Type.Array(Type.Unknown())),
        },
        { additionalProperties: true },
      ),
    ),
  },
  { additionalProperties: true },
);

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

/** One operation of a connector definition. */
export interface ConnectorOperation {
  readonly operationId: string;
  readonly method: string;
  /** Template of the definition, without base path. */
  readonly template: string;
  /** Matches the encoded path; one capture for each name. */
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly parameters: readonly Parameter[];
}

/** A connector definition (`apiDefinition.swagger.json`) ready for dispatch. */
export interface ConnectorDefinition {
  readonly document: object;
  readonly baseUrl: string | undefined;
  /** `x-ms-parameterized-host`: a base URL with `{names}` whose values connections give, and their defaults. */
  readonly hostTemplate?: { readonly url: string; readonly defaults: ReadonlyMap<string, string> };
  readonly operations: readonly ConnectorOperation[];
}

/**
 * Reads an OpenAPI 2.0 connector definition.
 * @throws Error with the JSON pointer of the member at fault.
 */
export function readDefinition(document: unknown): ConnectorDefinition {
  const checked = validate(Swagger, document);
  if (!checked.ok) {
    const { target, message } = checked.details[0]!;
    throw new Error(`connector definition: ${target} ${message}`);
  }
  const { host, basePath = '', schemes, paths, parameters = {} } = checked.value;
  const operations = Object.entries(paths).flatMap(([template, item]) =>
    methods
      .filter((method) => item[method] !== undefined)
      .map((method) => operation(method, template, item, parameters)),
  );
  // Fixed segments win over parameters: templates with fewer parameters are tried first.
  operations.sort((a, b) => a.names.length - b.names.length);
  const scheme = schemes?.includes('https') || !schemes?.length ? 'https' : schemes[0]!;
  const parameterized = checked.value['x-ms-parameterized-host'];
  return {
    document: checked.value,
    baseUrl: host === undefined ? undefined : `${scheme}://${host}${basePath}`,
    ...(parameterized && {
      hostTemplate: {
        url: `${parameterized.useSchemePrefix === false ? '' : `${scheme}://`}${parameterized.hostTemplate}${basePath}`,
        defaults: defaultsOf(parameterized.parameters ?? [], parameters),
      },
    }),
    operations,
  };
}

/** What the parameters of a host are when a connection does not say. */
function defaultsOf(
  entries: readonly unknown[],
  shared: Record<string, Parameter>,
): ReadonlyMap<string, string> {
  return new Map(
    entries
      .map((entry) => resolved(entry, shared, 'x-ms-parameterized-host'))
      .flatMap(({ name, default: fallback, enum: choices }) => {
        const value = fallback ?? (choices?.length === 1 ? choices[0] : undefined);
        return typeof value === 'string' ? [[name, value] as const] : [];
      }),
  );
}

/** A parameter, or the shared one that it refers to. */
function resolved(entry: unknown, shared: Record<string, Parameter>, place: string): Parameter {
  const reference = (entry as { $ref?: string }).$ref;
  if (reference === undefined) return entry as Parameter;
  const found = shared[reference.replace('#/parameters/', '')];
  if (!found) throw new Error(`connector definition: ${place}: no parameter ${reference}`);
  return found;
}

function operation(
  method: string,
  template: string,
  item: Record<string, unknown>,
  shared: Record<string, Parameter>,
): ConnectorOperation {
  const node = item[method] as { operationId?: string; parameters?: unknown[] };
  const parameters = [...((item['parameters'] as unknown[]) ?? []), ...(node.parameters ?? [])].map(
    (entry) => resolved(entry, shared, template),
  );
  const names: string[] = [];
  const pattern = template.split(/(\{[^}]+\})/).map((part) => {
    if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    names.push(part.slice(1, -1));
    return '([^/]*)';
  });
  return {
    operationId: node.operationId ?? `${method} ${template}`,
    method: method.toUpperCase(),
    template,
    pattern: new RegExp(`^${pattern.join('')}$`, 'i'),
    names,
    parameters,
  };
}
