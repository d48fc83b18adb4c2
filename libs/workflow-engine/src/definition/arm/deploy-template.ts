import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  pointerStep,
  spellingOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { Report } from '../problem.js';
import { ArmEvaluator, unresolved, type TemplateScope } from './arm-evaluator.js';
import { localDeployment, type Deployment } from './deployment.js';

/** A resource of a template with its expressions evaluated, where it stands in the document. */
export interface DeployedResource {
  readonly type: string;
  readonly name: string;
  readonly resource: WorkflowObject;
  readonly pointer: string;
}

/** A template and what a deployment hands to it. */
export interface TemplateInput {
  readonly template: WorkflowObject;
  readonly pointer: string;
  /** Values by parameter name. */
  readonly parameters: WorkflowObject;
  readonly deployment?: Deployment;
}

const maximumNesting = 8;
const maximumCopies = 800;

/** The stand-in for a parameter that has no value: what a template needs to be read without being deployed. */
function standIn(name: string, type: string): WorkflowValue {
  switch (type.toLowerCase()) {
    case 'int':
      return 0;
    case 'bool':
      return false;
    case 'array':
      return [];
    case 'object':
    case 'secureobject':
      return {};
    default:
      return `${unresolved}-${name}`;
  }
}

class TemplateDeployment {
  readonly deployed: DeployedResource[] = [];
  private readonly evaluator: ArmEvaluator;
  private readonly scope: TemplateScope;
  private readonly values = new Map<string, WorkflowValue>();
  private readonly pending = new Set<string>();

  constructor(
    private readonly input: TemplateInput,
    private readonly report: Report,
    private readonly depth: number,
  ) {
    this.scope = {
      deployment: input.deployment ?? localDeployment,
      report,
      parameter: (name) =>
        this.once('parameters', name, (declaration, at) => this.parameter(name, declaration, at)),
      variable: (name) => this.variable(name),
      resource: (id) =>
        this.deployed.find(
          ({ name }) => id === name || id.toLowerCase().endsWith(`/${name.toLowerCase()}`),
        )?.resource,
      copyIndexes: new Map(),
    };
    this.evaluator = new ArmEvaluator(this.scope);
  }

  run(): void {
    const resources = memberOf(this.input.template, 'resources');
    const pointer = `${this.input.pointer}/resources`;
    if (isArray(resources)) {
      for (const [index, resource] of resources.entries())
        this.resource(resource, pointer + pointerStep(index), '');
    } else if (isObject(resources)) {
      for (const [name, resource] of membersOf(resources))
        this.resource(resource, pointer + pointerStep(name), '');
    }
  }

  /** Parameters and variables are evaluated once, when they are first read. */
  private once(
    group: 'parameters' | 'variables',
    name: string,
    evaluate: (declaration: WorkflowValue, pointer: string) => WorkflowValue,
  ): WorkflowValue | undefined {
    const key = `${group}/${name.toLowerCase()}`;
    const known = this.values.get(key);
    if (known !== undefined) return known;
    const all = memberOf(this.input.template, group);
    const spelling = isObject(all) ? spellingOf(all, name) : undefined;
    if (!isObject(all) || spelling === undefined) return undefined;
    const pointer = `${this.input.pointer}/${group}${pointerStep(spelling)}`;
    if (this.pending.has(key)) {
      this.report.error(
        'InvalidTemplate',
        pointer,
        `The template ${group} '${name}' is defined by itself.`,
      );
      return null;
    }
    this.pending.add(key);
    const value = evaluate(all[spelling] as WorkflowValue, pointer);
    this.pending.delete(key);
    this.values.set(key, value);
    return value;
  }

  private parameter(name: string, declaration: WorkflowValue, pointer: string): WorkflowValue {
    const supplied = memberOf(this.input.parameters, name);
    if (supplied !== undefined) return supplied;
    const fallback = isObject(declaration) ? memberOf(declaration, 'defaultValue') : undefined;
    if (fallback !== undefined) return this.evaluator.value(fallback, `${pointer}/defaultValue`);
    const type = isObject(declaration) ? textOf(memberOf(declaration, 'type') ?? null) : 'string';
    this.report.warning(
      'DeploymentParameterMissing',
      pointer,
      `The template parameter '${name}' has neither a value nor a default.`,
    );
    return standIn(name, type);
  }

  private variable(name: string): WorkflowValue | undefined {
    const declared = this.once('variables', name, (value, at) => this.evaluator.value(value, at));
    if (declared !== undefined) return declared;
    // `variables: { copy: [{ name, count, input }] }` declares by copying.
    const variables = memberOf(this.input.template, 'variables');
    if (!isObject(variables) || !isArray(memberOf(variables, 'copy'))) return undefined;
    const copied = this.evaluator.value(
      { copy: memberOf(variables, 'copy') ?? null },
      `${this.input.pointer}/variables`,
    );
    return isObject(copied) ? memberOf(copied, name) : undefined;
  }

  private resource(source: WorkflowValue, pointer: string, parent: string): void {
    if (!isObject(source)) return;
    const copy = memberOf(source, 'copy');
    if (!isObject(copy)) return this.copyOf(source, pointer, { parent, evaluator: this.evaluator });
    const name = textOf(memberOf(copy, 'name') ?? null);
    const count = Number(
      textOf(this.evaluator.value(memberOf(copy, 'count') ?? 0, `${pointer}/copy/count`)),
    );
    for (let index = 0; index < Math.min(count, maximumCopies); index += 1) {
      const evaluator = new ArmEvaluator({
        ...this.scope,
        copyIndexes: new Map([
          [name, index],
          ['', index],
        ]),
      });
      this.copyOf(source, pointer, { parent, evaluator });
    }
  }

  private copyOf(
    source: WorkflowObject,
    pointer: string,
    { parent, evaluator }: { parent: string; evaluator: ArmEvaluator },
  ): void {
    const member = (name: string): WorkflowValue =>
      evaluator.value(memberOf(source, name) ?? null, pointer + pointerStep(name));
    const type = textOf(member('type'));
    const condition = memberOf(source, 'condition');
    if (condition !== undefined && member('condition') === false) return;
    if (/^microsoft\.resources\/deployments$/i.test(type))
      return this.nested(source, pointer, evaluator);
    // Of what is not ours only the names matter: whatever cannot be evaluated in it stays as it is.
    const reader = isOurs(type)
      ? evaluator
      : new ArmEvaluator({ ...this.scope, report: new Report() });
    const resource = reader.value(withoutResources(source), pointer);
    if (!isObject(resource)) return;
    const fullType = parent === '' || type.includes('/') ? type : `${parent}/${type}`;
    this.deployed.push({
      type: fullType,
      name: textOf(memberOf(resource, 'name') ?? null),
      resource,
      pointer,
    });
    this.contentTemplate(resource, pointer);
    const children = memberOf(source, 'resources');
    if (isArray(children)) {
      for (const [index, child] of children.entries())
        this.resource(child, `${pointer}/resources/${index}`, fullType);
    }
  }

  /** Microsoft.Resources/deployments: its template sees the outer parameters unless its scope is inner. */
  private nested(source: WorkflowObject, pointer: string, evaluator: ArmEvaluator): void {
    const properties = memberOf(source, 'properties');
    const template = isObject(properties) ? memberOf(properties, 'template') : undefined;
    if (!isObject(properties) || !isObject(template)) {
      this.report.warning(
        'NestedTemplateNotRead',
        pointer,
        'A nested deployment refers to a template outside of this document; it is not read.',
      );
      return;
    }
    const options = memberOf(properties, 'expressionEvaluationOptions');
    const isInner =
      isObject(options) && /^inner$/i.test(textOf(memberOf(options, 'scope') ?? null));
    const given = evaluator.value(
      memberOf(properties, 'parameters') ?? {},
      `${pointer}/properties/parameters`,
    );
    const own = parameterValues(given);
    const outer = isInner
      ? template
      : {
          ...template,
          parameters: {
            ...asObject(memberOf(this.input.template, 'parameters')),
            ...asObject(memberOf(template, 'parameters')),
          },
          variables: {
            ...asObject(memberOf(this.input.template, 'variables')),
            ...asObject(memberOf(template, 'variables')),
          },
        };
    this.inner({
      template: outer,
      pointer: `${pointer}/properties/template`,
      parameters: isInner ? own : { ...this.input.parameters, ...own },
    });
  }

  /** A solution's content template carries a whole template, escaped once more: evaluating this one has unescaped it. */
  private contentTemplate(resource: WorkflowObject, pointer: string): void {
    const properties = memberOf(resource, 'properties');
    const template = isObject(properties) ? memberOf(properties, 'mainTemplate') : undefined;
    if (isObject(template) && memberOf(template, 'resources') !== undefined) {
      this.inner({ template, pointer: `${pointer}/properties/mainTemplate`, parameters: {} });
    }
  }

  private inner(input: TemplateInput): void {
    if (this.depth >= maximumNesting) {
      this.report.error(
        'InvalidTemplate',
        input.pointer,
        `Deployments are nested deeper than ${maximumNesting} levels.`,
      );
      return;
    }
    const inner = new TemplateDeployment(
      { ...input, deployment: this.scope.deployment },
      this.report,
      this.depth + 1,
    );
    inner.run();
    this.deployed.push(...inner.deployed);
  }
}

/** Types that this project reads; everything else is a declaration without effect here. */
function isOurs(type: string): boolean {
  return /^microsoft\.(?:logic|web)\/|\/contentTemplates$/i.test(type);
}

function asObject(value: WorkflowValue | undefined): WorkflowObject {
  return isObject(value) ? value : {};
}

function withoutResources(source: WorkflowObject): WorkflowObject {
  return Object.fromEntries(
    membersOf(source).filter(([name]) => !/^(?:resources|copy)$/i.test(name)),
  );
}

/** `{ name: { value } }`, as deployments and parameter files give values; references to key vaults stay out. */
export function parameterValues(parameters: WorkflowValue | undefined): WorkflowObject {
  if (!isObject(parameters)) return {};
  const values: Record<string, WorkflowValue> = {};
  for (const [name, entry] of membersOf(parameters)) {
    const value = isObject(entry) ? memberOf(entry, 'value') : undefined;
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Evaluates a deployment template as far as it can be known without Azure: all its resources, nested ones too. */
export function deployTemplate(input: TemplateInput, report: Report): readonly DeployedResource[] {
  const deployment = new TemplateDeployment(input, report, 0);
  deployment.run();
  return deployment.deployed;
}
