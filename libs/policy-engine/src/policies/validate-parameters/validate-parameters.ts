import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import type { ParameterDefinition } from '../../model/entities.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { choice, text } from '../../values/attribute-rule.js';
import { checkParameter } from '../../validation/parameter-check.js';
import {
  settleFaults,
  validationActions,
  type ValidationAction,
  type ValidationFault,
} from '../../validation/validation-errors.js';
import type { Value } from '../../values/value.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { standardRequestHeaders } from '../../validation/standard-headers.js';

const attributes = {
  'specified-parameter-action': choice(validationActions, { required: true }),
  'unspecified-parameter-action': choice(validationActions, { required: true }),
  'errors-variable-name': text({ expression: false }),
};
const groupAttributes = {
  'specified-parameter-action': choice(validationActions),
  'unspecified-parameter-action': choice(validationActions),
};
const parameterAttributes = {
  name: text({ required: true, expression: false }),
  action: choice(validationActions, { required: true }),
};

type Kind = 'header' | 'query' | 'path';
const groups: Readonly<Record<Kind, string>> = { header: 'headers', query: 'query', path: 'path' };

interface GroupConfig {
  readonly settings: ParsedAttributes<typeof groupAttributes>;
  readonly parameters: readonly ParsedAttributes<typeof parameterAttributes>[];
}

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly groups: Partial<Record<Kind, GroupConfig>>;
}

/** Checks header, query and path parameters against the API definition. */
export const validateParameters = definePolicy<Config>({
  element: 'validate-parameters',
  sections: ['inbound'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    const found = report.children(xml, {
      headers: { most: 1 },
      query: { most: 1 },
      path: { most: 1 },
    });
    const result: Partial<Record<Kind, GroupConfig>> = {};
    for (const kind of ['header', 'query', 'path'] as const) {
      const [element] = found[groups[kind] as keyof typeof found];
      if (!element) continue;
      const parameters = report.children(element, { parameter: {} }).parameter;
      result[kind] = {
        settings: report.attributes(element, groupAttributes),
        parameters: parameters.map((parameter) =>
          report.attributes(parameter, parameterAttributes),
        ),
      };
    }
    return { settings, groups: result };
  },
  compile(config, compiler) {
    const kinds = (['path', 'query', 'header'] as const).map((kind) =>
      compileGroup(kind, config, compiler),
    );
    const variable = config.settings['errors-variable-name']?.literal;
    return (context) => {
      const { definition } = context.parts.operation ?? {};
      if (!definition) return;
      const faults = kinds.flatMap((group) => group(context));
      settleFaults(context, faults, { variable, response: false });
    };
  },
});

function compileGroup(
  kind: Kind,
  config: Config,
  compiler: PolicyCompiler,
): (context: PolicyContext) => ValidationFault[] {
  const group = config.groups[kind];
  const specified = compiler.value(
    group?.settings['specified-parameter-action'] ?? config.settings['specified-parameter-action'],
  );
  const unspecified = compiler.value(
    group?.settings['unspecified-parameter-action'] ??
      config.settings['unspecified-parameter-action'],
  );
  const own = new Map<string, Value<ValidationAction>>();
  for (const { name, action } of group?.parameters ?? [])
    own.set((name.literal ?? '').toLowerCase(), compiler.value(action));
  return (context) => {
    const definition = context.parts.operation!.definition!;
    const defined = definition.parameters.filter((parameter) => parameter.in === kind);
    const actionOf = (name: string, usual: Value<ValidationAction>): ValidationAction =>
      (own.get(name.toLowerCase()) ?? usual).evaluate(context);
    const faults: ValidationFault[] = [];
    for (const parameter of defined) {
      const action = actionOf(parameter.name, specified);
      if (action === 'ignore') continue;
      const why = checkOne(context, parameter, kind);
      if (why !== undefined)
        faults.push({ rule: why.rule, name: parameter.name, message: why.message, action });
    }
    for (const name of namesOf(context, kind)) {
      if (defined.some((parameter) => parameter.name.toLowerCase() === name.toLowerCase()))
        continue;
      const action = actionOf(name, unspecified);
      if (action !== 'ignore')
        faults.push({
          rule: 'UnspecifiedParameter',
          name,
          message: `Unspecified ${kind} parameter ${name} is not allowed.`,
          action,
        });
    }
    return faults;
  };
}

/** Parameters that the request carries and the definition may not know. */
function namesOf(context: PolicyContext, kind: Kind): string[] {
  const { request } = context;
  if (kind === 'path') return [];
  const keys = context.api?.subscriptionKeyParameterNames;
  if (kind === 'query')
    return [...request.originalUrl.query.names()].filter(
      (name) => name.toLowerCase() !== keys?.query.toLowerCase(),
    );
  return [...request.headers.names()].filter(
    (name) =>
      !standardRequestHeaders.has(name.toLowerCase()) &&
      name.toLowerCase() !== keys?.header.toLowerCase(),
  );
}

function checkOne(
  context: PolicyContext,
  parameter: ParameterDefinition,
  kind: Kind,
): { rule: string; message: string } | undefined {
  const { request } = context;
  const values =
    kind === 'path'
      ? oneOf(request.matchedParameters.get(parameter.name))
      : kind === 'query'
        ? request.originalUrl.query.get(parameter.name)
        : request.headers.get(parameter.name);
  if (values === undefined) {
    return parameter.required
      ? {
          rule: 'RequiredParameter',
          message: `The ${kind} parameter ${parameter.name} is required.`,
        }
      : undefined;
  }
  const why = checkParameter(parameter, values, context.parts.operation!.definition!);
  if (why === undefined) return undefined;
  return {
    rule: 'IncorrectParameter',
    message: `Value of the ${kind} parameter ${parameter.name} does not conform to the definition. ${why}`,
  };
}

function oneOf(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value];
}
