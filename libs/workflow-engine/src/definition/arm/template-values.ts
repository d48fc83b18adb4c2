import {
  isArray,
  isObject,
  memberOf,
  pointerStep,
  spellingOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { Report, type Finding } from '../problem.js';
import { ArmEvaluator, type TemplateScope, type UserFunction } from './arm-evaluator.js';
import { standInFor, unknownArray, unknownObject } from './stand-in.js';
import { localDeployment } from './deployment.js';
import type { DeployedResource, TemplateInput } from './deploy-template.js';

/** A parameter or variable that was read, and what was wrong with its expressions. */
interface Known {
  readonly value: WorkflowValue;
  readonly findings: readonly Finding[];
}

/** The stand-in for a parameter that has no value: what a template needs to be read without being deployed. */
function standIn(name: string, declaration: WorkflowObject): WorkflowValue {
  switch (textOf(memberOf(declaration, 'type') ?? 'object').toLowerCase()) {
    case 'int':
      // Intervals, counts and degrees of parallelism begin at one.
      return memberOf(declaration, 'minValue') ?? 1;
    case 'bool':
      return false;
    case 'array':
      return unknownArray;
    case 'object':
    case 'secureobject':
      return unknownObject;
    default:
      return standInFor(name);
  }
}

/** Parameters, variables and functions of one template; each is evaluated once, when it is first read. */
export class TemplateValues {
  private readonly known = new Map<string, Known>();
  private readonly pending = new Set<string>();

  constructor(
    private readonly input: TemplateInput,
    private readonly deployed: readonly DeployedResource[],
  ) {}

  /** What an expression reads; mistakes go to the report, also those of the values that it reads. */
  scope(report: Report): TemplateScope {
    return {
      deployment: this.input.deployment ?? localDeployment,
      template: this.input.template,
      report,
      parameter: (name) => this.parameter(name, report),
      variable: (name) => this.variable(name, report),
      resource: (id) => this.resource(id),
      userFunction: (name) => this.userFunction(name),
      copyIndexes: new Map(),
      locals: new Map(),
    };
  }

  private parameter(name: string, report: Report): WorkflowValue | undefined {
    return this.once('parameters', name, report, (declaration, pointer, own) => {
      const supplied = memberOf(this.input.parameters, name);
      if (supplied !== undefined) return supplied;
      if (!isObject(declaration)) return this.missing(name, { type: 'string' }, pointer, own);
      const fallback = memberOf(declaration, 'defaultValue');
      if (fallback !== undefined) {
        const evaluator = new ArmEvaluator(this.scope(own));
        return evaluator.value(fallback, `${pointer}/defaultValue`);
      }
      if (memberOf(declaration, 'nullable') === true) return null;
      const missing = this.missing(name, declaration, pointer, own);
      const allowed = memberOf(declaration, 'allowedValues');
      return isArray(allowed) && allowed[0] !== undefined ? allowed[0] : missing;
    });
  }

  private missing(
    name: string,
    declaration: WorkflowObject,
    pointer: string,
    report: Report,
  ): WorkflowValue {
    report.warning(
      'DeploymentParameterMissing',
      pointer,
      `The template parameter '${name}' has neither a value nor a default.`,
    );
    return standIn(name, declaration);
  }

  private variable(name: string, report: Report): WorkflowValue | undefined {
    const declared = this.once('variables', name, report, (value, pointer, own) =>
      new ArmEvaluator(this.scope(own)).value(value, pointer),
    );
    if (declared !== undefined) return declared;
    // `variables: { copy: [{ name, count, input }] }` declares by copying.
    const variables = memberOf(this.input.template, 'variables');
    if (!isObject(variables) || !isArray(memberOf(variables, 'copy'))) return undefined;
    const copied = new ArmEvaluator(this.scope(report)).value(
      { copy: memberOf(variables, 'copy') ?? null },
      `${this.input.pointer}/variables`,
    );
    return isObject(copied) ? memberOf(copied, name) : undefined;
  }

  private once(
    group: 'parameters' | 'variables',
    name: string,
    report: Report,
    evaluate: (declaration: WorkflowValue, pointer: string, own: Report) => WorkflowValue,
  ): WorkflowValue | undefined {
    const key = `${group}/${name.toLowerCase()}`;
    const known = this.known.get(key) ?? this.first(group, name, evaluate);
    if (known === undefined) return undefined;
    for (const finding of known.findings)
      if (!report.findings.includes(finding)) report.findings.push(finding);
    return known.value;
  }

  private first(
    group: 'parameters' | 'variables',
    name: string,
    evaluate: (declaration: WorkflowValue, pointer: string, own: Report) => WorkflowValue,
  ): Known | undefined {
    const key = `${group}/${name.toLowerCase()}`;
    const all = memberOf(this.input.template, group);
    const spelling = isObject(all) ? spellingOf(all, name) : undefined;
    if (!isObject(all) || spelling === undefined) return undefined;
    const pointer = `${this.input.pointer}/${group}${pointerStep(spelling)}`;
    const own = new Report();
    if (this.pending.has(key)) {
      own.error(
        'InvalidTemplate',
        pointer,
        `The template ${group} '${name}' is defined by itself.`,
      );
      return { value: null, findings: own.findings };
    }
    this.pending.add(key);
    const value = evaluate(all[spelling] as WorkflowValue, pointer, own);
    this.pending.delete(key);
    const known = { value, findings: own.findings };
    this.known.set(key, known);
    return known;
  }

  /** By the id that `resourceId` makes, by the name, or by the symbol of a template of language version 2.0. */
  private resource(id: string): WorkflowObject | undefined {
    return this.deployed.find(
      ({ name, symbol }) =>
        id === name || id === symbol || id.toLowerCase().endsWith(`/${name.toLowerCase()}`),
    )?.resource;
  }

  /** `functions: [{ namespace, members: { name: { parameters: [{ name }], output: { value } } } }]`. */
  private userFunction(name: string): UserFunction | undefined {
    const namespaces = memberOf(this.input.template, 'functions');
    for (const each of isArray(namespaces) ? namespaces.filter(isObject) : []) {
      const prefix = `${textOf(memberOf(each, 'namespace') ?? null)}.`.toLowerCase();
      const members = memberOf(each, 'members');
      if (!name.toLowerCase().startsWith(prefix) || !isObject(members)) continue;
      const declaration = memberOf(members, name.slice(prefix.length));
      if (isObject(declaration)) return this.declared(declaration);
    }
    return undefined;
  }

  private declared(declaration: WorkflowObject): UserFunction {
    const parameters = memberOf(declaration, 'parameters');
    const names = (isArray(parameters) ? parameters.filter(isObject) : []).map((parameter) =>
      textOf(memberOf(parameter, 'name') ?? null).toLowerCase(),
    );
    const output = memberOf(declaration, 'output');
    return (args, scope) => {
      const evaluator = new ArmEvaluator({
        ...scope,
        parameter: (name) => args[names.indexOf(name.toLowerCase())],
      });
      return evaluator.value(
        (isObject(output) ? memberOf(output, 'value') : undefined) ?? null,
        '',
      );
    };
  }
}
