import type { PolicyElement } from '../document/policy-element.js';
import type { Report } from '../composition/report.js';
import type { PolicyContext } from '../pipeline/context.js';
import type { Scope } from '../pipeline/scope.js';
import { integer, text } from '../values/attribute-rule.js';

/** A limit inside rate-limit or quota that is about one API or operation. */
export interface NestedLimit {
  /** For counter keys. */
  readonly name: string;
  readonly calls: number | undefined;
  /** Kilobytes; only quotas. */
  readonly bandwidth: number | undefined;
  /** Seconds. */
  readonly period: number | undefined;
  applies(context: PolicyContext): boolean;
}

const attributes = {
  id: text({ expression: false }),
  name: text({ expression: false }),
  calls: integer({ least: 0, expression: false }),
  bandwidth: integer({ least: 0, expression: false }),
  'renewal-period': integer({ least: 0, expression: false }),
};

/** Reads `api` and, inside, `operation` elements; each is matched by id or by name. */
export function nestedLimits(xml: PolicyElement, report: Report): NestedLimit[] {
  return report.children(xml, { api: {} }).api.flatMap((api) => {
    const own = limit(api, report, (context) => context.parts.api);
    const inner = report.children(api, { operation: {} }).operation.map((element) => {
      report.empty(element);
      const operation = limit(element, report, (context) => context.parts.operation);
      return {
        ...operation,
        name: `${own.name}/${operation.name}`,
        applies: (context: PolicyContext) => own.applies(context) && operation.applies(context),
      };
    });
    return own.calls === undefined && own.bandwidth === undefined ? inner : [own, ...inner];
  });
}

function limit(
  xml: PolicyElement,
  report: Report,
  entity: (context: PolicyContext) => { readonly id: string; readonly name: string } | undefined,
): NestedLimit {
  const settings = report.attributes(xml, attributes);
  const id = settings.id?.literal;
  const name = settings.name?.literal;
  if (id === undefined && name === undefined)
    report.problem('missing-attribute', `The element '${xml.name}' needs 'id' or 'name'.`, xml);
  return {
    name: `${xml.name}:${id ?? name ?? ''}`,
    calls: settings.calls?.literal,
    bandwidth: settings.bandwidth?.literal,
    period: settings['renewal-period']?.literal,
    applies(context) {
      const found = entity(context);
      return found !== undefined && (id === undefined ? found.name === name : found.id === id);
    },
  };
}

/**
 * Id of the entity whose document holds a policy. In workspaces names may be the same as elsewhere, those of
 * subscriptions too: each counts by itself.
 */
export function ownerOf(context: PolicyContext, scope: Scope): string {
  const { workspace } = context.parts;
  const owner = entityOf(context, scope);
  return workspace ? `${workspace.id}/${owner}` : owner;
}

function entityOf(context: PolicyContext, scope: Scope): string {
  const { api, operation, product, workspace } = context.parts;
  switch (scope) {
    case 'global':
      return '';
    case 'workspace':
      return workspace?.id ?? '';
    case 'product':
      return product?.id ?? '';
    case 'api':
      return api?.id ?? '';
    case 'operation':
      return `${api?.id ?? ''}/${operation?.id ?? ''}`;
  }
}
