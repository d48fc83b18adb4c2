import type { PolicyElement } from '../document/policy-element.js';
import type { PolicyCompiler } from '../composition/policy-compiler.js';
import type { Report } from '../composition/report.js';
import type { AttributeRules } from '../values/attribute-rule.js';
import type { Scope, Section } from './scope.js';
import type { Step } from './step.js';

/** How much of a policy this product does, for the support table. */
export type Support =
  | { readonly level: 'supported' }
  | { readonly level: 'partial'; readonly how: string }
  | { readonly level: 'refused'; readonly why: string };

/** One XML element's behaviour. */
export interface Policy<Config> {
  /** The XML name, also the folder. */
  readonly element: string;
  readonly sections: readonly Section[];
  /** Default: all. */
  readonly scopes?: readonly Scope[];
  /** It may stand once in a document. */
  readonly once?: boolean;
  /** Stands in GraphQL resolvers only. */
  readonly only?: 'resolver';
  readonly attributes: AttributeRules;
  /** Default: supported. */
  readonly support?: Support;
  /** Reads the element. Every mistake is reported, each with its place. */
  parse(xml: PolicyElement, report: Report): Config;
  /** Once per configuration revision. */
  compile(config: Config, compiler: PolicyCompiler): Step;
}

/** A policy whose configuration type nobody outside needs to know. */
export interface AnyPolicy extends Omit<Policy<unknown>, 'parse' | 'compile'> {
  /** Parses now; the function that comes back compiles. */
  prepare(xml: PolicyElement, report: Report): (compiler: PolicyCompiler) => Step;
}

/** Hides the configuration type of a policy, for the list of all. */
export function definePolicy<Config>(policy: Policy<Config>): AnyPolicy {
  return {
    element: policy.element,
    sections: policy.sections,
    ...(policy.scopes ? { scopes: policy.scopes } : {}),
    ...(policy.once ? { once: true } : {}),
    ...(policy.only ? { only: policy.only } : {}),
    attributes: policy.attributes,
    ...(policy.support ? { support: policy.support } : {}),
    prepare(xml, report) {
      const config = policy.parse(xml, report);
      return (compiler) => policy.compile(config, compiler);
    },
  };
}

/** All four sections. */
export const everySection: readonly Section[] = ['inbound', 'backend', 'outbound', 'on-error'];
