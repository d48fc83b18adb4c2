import type { AttributeRule } from '../values/attribute-rule.js';
import { everySection } from '../pipeline/policy.js';
import { scopes, type Scope, type Section } from '../pipeline/scope.js';
import { textKind } from '../values/value-kind.js';
import { policies } from '../policies/index.js';

/** One row of the support table. */
export interface PolicySupport {
  readonly element: string;
  readonly level: 'supported' | 'partial' | 'refused';
  /** How it is partial, or why it is refused. */
  readonly note: string;
  readonly sections: readonly Section[];
  readonly scopes: readonly Scope[];
  readonly attributes: readonly AttributeSupport[];
}

export interface AttributeSupport {
  readonly name: string;
  /** `string`, `boolean`, `integer`, `number`, `object`, or the allowed values. */
  readonly type: string;
  readonly required: boolean;
  readonly expression: boolean;
  readonly default?: string;
}

/** What this version does of each policy, from the same declarations that validation uses. */
export function policySupport(): PolicySupport[] {
  const composition = (
    element: string,
    attributes: readonly AttributeSupport[],
  ): PolicySupport => ({
    element,
    level: 'supported',
    note: '',
    sections: everySection,
    scopes: element === 'base' ? scopes.slice(1) : scopes,
    attributes,
  });
  const rows = policies.map((policy): PolicySupport => {
    const support = policy.support ?? { level: 'supported' as const };
    return {
      element: policy.element,
      level: support.level,
      note:
        support.level === 'partial' ? support.how : support.level === 'refused' ? support.why : '',
      sections: policy.sections,
      scopes: policy.scopes ?? scopes,
      attributes: Object.entries(policy.attributes).map(([name, rule]) =>
        attributeOf(name, rule as AttributeRule<unknown>),
      ),
    };
  });
  return [
    composition('base', []),
    composition('include-fragment', [
      { name: 'fragment-id', type: 'string', required: true, expression: false },
    ]),
    ...rows,
  ];
}

function attributeOf(name: string, rule: AttributeRule<unknown>): AttributeSupport {
  return {
    name,
    type: rule.kind.name,
    required: rule.required,
    expression: rule.expression,
    ...(rule.default === undefined ? {} : { default: textKind.convert(rule.default)! }),
  };
}
