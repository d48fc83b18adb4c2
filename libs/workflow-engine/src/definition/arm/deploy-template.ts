import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  pointerStep,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { Report } from '../problem.js';
import { ArmEvaluator, type TemplateScope } from './arm-evaluator.js';
import type { Deployment } from './deployment.js';
import { TemplateValues } from './template-values.js';

/** A resource of a template with its expressions evaluated, where it stands in the document. */
export interface DeployedResource {
  readonly type: string;
  readonly name: string;
  readonly resource: WorkflowObject;
  readonly pointer: string;
  /** Its name in a template of language version 2.0, whose resources are an object. */
  readonly symbol?: string;
}

/** A template and what a deployment hands to it. */
export interface TemplateInput {
  readonly template: WorkflowObject;
  readonly pointer: string;
  /** Values by parameter name. */
  readonly parameters: WorkflowObject;
  readonly deployment?: Deployment;
}

/** Where a resource stands: below which type, under which symbol, read with which values. */
interface ResourcePlace {
  readonly parent: string;
  readonly symbol: string | undefined;
  readonly scope: TemplateScope;
  readonly quiet: TemplateScope;
}

const maximumNesting = 8;
const maximumCopies = 800;

class TemplateDeployment {
  readonly deployed: DeployedResource[] = [];
  private readonly evaluator: ArmEvaluator;
  private readonly scope: TemplateScope;
  /** For resources that are not ours: mistakes in them do not matter here. */
  private readonly quietScope: TemplateScope;

  constructor(
    private readonly input: TemplateInput,
    private readonly report: Report,
    private readonly depth: number,
  ) {
    const values = new TemplateValues(input, this.deployed);
    this.scope = values.scope(report);
    this.quietScope = values.scope(new Report());
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
        this.resource(resource, pointer + pointerStep(name), '', name);
    }
  }

  /** @param symbol the name of the resource in a template of language version 2.0 */
  private resource(source: WorkflowValue, pointer: string, parent: string, symbol?: string): void {
    // What exists already is not deployed.
    if (!isObject(source) || memberOf(source, 'existing') === true) return;
    const copy = memberOf(source, 'copy');
    const place = { parent, symbol };
    if (!isObject(copy))
      return this.copyOf(source, pointer, { ...place, scope: this.scope, quiet: this.quietScope });
    const name = textOf(memberOf(copy, 'name') ?? null);
    const count = Number(
      textOf(this.evaluator.value(memberOf(copy, 'count') ?? 0, `${pointer}/copy/count`)),
    );
    for (let index = 0; index < Math.min(count, maximumCopies); index += 1) {
      const copyIndexes = new Map([
        [name, index],
        ['', index],
      ]);
      this.copyOf(source, pointer, {
        ...place,
        scope: { ...this.scope, copyIndexes },
        quiet: { ...this.quietScope, copyIndexes },
      });
    }
  }

  private copyOf(
    source: WorkflowObject,
    pointer: string,
    { parent, symbol, scope, quiet }: ResourcePlace,
  ): void {
    const type = textOf(
      new ArmEvaluator(quiet).value(memberOf(source, 'type') ?? null, `${pointer}/type`),
    );
    const isDeployment = /^microsoft\.resources\/deployments$/i.test(type);
    // Of what is not ours only the names matter: whatever cannot be evaluated in it stays as it is.
    const reader = new ArmEvaluator(isDeployment || isOurs(type) ? scope : quiet);
    const condition = memberOf(source, 'condition');
    if (condition !== undefined && reader.value(condition, `${pointer}/condition`) === false)
      return;
    if (isDeployment) return this.nested(source, pointer, reader);
    const resource = reader.value(withoutResources(source), pointer);
    if (!isObject(resource)) return;
    const fullType = parent === '' || type.includes('/') ? type : `${parent}/${type}`;
    this.deployed.push({
      type: fullType,
      name: textOf(memberOf(resource, 'name') ?? null),
      resource,
      pointer,
      ...(symbol === undefined ? {} : { symbol }),
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
    const given = isObject(properties) ? memberOf(properties, 'template') : undefined;
    // A template may stand in a variable, as an object or as text: `[json(variables('child'))]`.
    const template =
      typeof given === 'string' ? evaluator.value(given, `${pointer}/properties/template`) : given;
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
    const values = evaluator.value(
      memberOf(properties, 'parameters') ?? {},
      `${pointer}/properties/parameters`,
    );
    const own = parameterValues(values);
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
          functions: memberOf(this.input.template, 'functions') ?? null,
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
  return /^microsoft\.(?:logic\/workflows|web\/(?:connections|customapis))$|\/contentTemplates$/i.test(
    type,
  );
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
