import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import { parseBaseUrl } from '../../model/request-url.js';
import { Query } from '../../model/query.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import type { Step } from '../../pipeline/step.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  'base-url': text(),
  'backend-id': text(),
  'sf-resolve-condition': text(),
  'sf-service-instance-name': text(),
  'sf-partition-key': text(),
  'sf-listener-name': text(),
  'sf-replica-type': text(),
  'dapr-app-id': text(),
  'dapr-method': text(),
  'dapr-namespace': text(),
};

type Config = ParsedAttributes<typeof attributes>;

/** Scope of the policy that chose a backend entity: a narrower base-url cannot override it (documented limit). */
const entityChosenAt = Symbol('scope of backend-id');

function check(config: Config, xml: PolicyElement, report: Report): void {
  const base = config['base-url'];
  const id = config['backend-id'];
  if (!base === !id)
    report.problem(
      'missing-attribute',
      "Exactly one of 'base-url' and 'backend-id' must be given.",
      xml,
    );
  for (const name of [
    'sf-resolve-condition',
    'sf-service-instance-name',
    'sf-partition-key',
    'sf-listener-name',
    'sf-replica-type',
  ] as const) {
    if (config[name]) {
      report.problem(
        'refused',
        `The '${name}' attribute is not supported: Service Fabric partitions are resolved by its own naming service only.`,
        xml,
      );
    }
  }
  const { literal } = id ?? {};
  const { backends } = report.at.known;
  if (
    literal !== undefined &&
    literal !== 'dapr' &&
    backends &&
    !has(backends, literal) &&
    !report.isOpen(literal)
  ) {
    report.problem('reference', `Backend with id '${literal}' could not be found.`, xml);
  }
  if (
    base?.literal !== undefined &&
    base.literal !== '' &&
    !report.isOpen(base.literal) &&
    !URL.canParse(base.literal.trim())
  ) {
    report.problem(
      'invalid-value',
      `The 'base-url' attribute is invalid - '${base.literal}' is not an absolute URL.`,
      xml,
    );
  }
}

function has(ids: ReadonlySet<string>, id: string): boolean {
  if (ids.has(id)) return true;
  const lower = id.toLowerCase();
  for (const one of ids) if (one.toLowerCase() === lower) return true;
  return false;
}

function failure(message: string): PolicyError {
  return new PolicyError('BackendNotFound', message);
}

function compileBaseUrl(config: Config, compiler: PolicyCompiler): Step {
  const url = compiler.value(config['base-url']!);
  const { scope } = compiler.place;
  return (context) => {
    if (context.target.kind === 'entity' && context.notes.get(entityChosenAt) !== scope) return;
    const address = url.evaluate(context).trim();
    setBase(context, address);
    context.target = { kind: 'url', url: address };
    if (context.recorder)
      context.record('set-backend-service', {
        message: 'Backend service URL was changed.',
        request: { url: context.request.url.toString() },
      });
  };
}

function setBase(context: PolicyContext, address: string): void {
  try {
    const question = address.indexOf('?');
    context.request.url.setBase(parseBaseUrl(question < 0 ? address : address.slice(0, question)));
    if (question < 0) return;
    for (const [name, values] of new Query(address.slice(question)).entries())
      context.request.url.query.set(name, values);
  } catch {
    throw failure(`The backend URL '${address}' is not an absolute URL.`);
  }
}

/** Sends the request somewhere else: to a URL, a backend entity or a Dapr application. */
export const setBackendService = definePolicy<Config>({
  element: 'set-backend-service',
  sections: ['inbound', 'backend'],
  attributes,
  support: { level: 'partial', how: 'Service Fabric attributes (sf-*) are refused' },
  parse(xml, report) {
    report.empty(xml);
    const config = report.attributes(xml, attributes);
    check(config, xml, report);
    return config;
  },
  compile(config, compiler) {
    if (config['base-url'] || !config['backend-id'])
      return config['base-url'] ? compileBaseUrl(config, compiler) : () => undefined;
    const id = compiler.value(config['backend-id']);
    const appId = compiler.value(config['dapr-app-id']);
    const method = compiler.value(config['dapr-method']);
    const namespace = compiler.value(config['dapr-namespace']);
    const { scope } = compiler.place;
    return (context) => {
      const chosen = id.evaluate(context);
      if (chosen === 'dapr') {
        const where = namespace?.evaluate(context);
        context.target = {
          kind: 'dapr',
          appId: appId?.evaluate(context) ?? '',
          method: method?.evaluate(context) ?? '',
          ...(where ? { namespace: where } : {}),
        };
        return;
      }
      const backend = context.ports.resources.backend(chosen);
      if (!backend) throw failure(`Backend with id '${chosen}' could not be found.`);
      context.target = { kind: 'entity', id: chosen };
      context.notes.set(entityChosenAt, scope);
      if (backend.url) setBase(context, backend.url);
    };
  },
});
