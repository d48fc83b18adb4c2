import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  objectOf,
  parseExpression,
  pointerStep,
  spellingOf,
  textOf,
  WorkflowExpressionError,
  type ExpressionNode,
  type FunctionNode,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { Report } from '../problem.js';
import { ArmTemplateError } from './arm-error.js';
import { armFunctions } from './arm-functions.js';
import { lambdaFunctions, type Lambda } from './arm-lambdas.js';
import { surroundings, type Deployment } from './deployment.js';
import { holdsStandIn, isStandIn, standInFor, unknownObject, unresolved } from './stand-in.js';

/** What an ARM expression can read of its template. */
export interface TemplateScope {
  readonly deployment: Deployment;
  /** As it stands in the document; `deployment()` shows it. */
  readonly template: WorkflowObject;
  readonly report: Report;
  parameter(name: string): WorkflowValue | undefined;
  variable(name: string): WorkflowValue | undefined;
  /** A resource of the template by its id or name, its expressions evaluated. */
  resource(id: string): WorkflowObject | undefined;
  /** Indexes of the copy loops around, the unnamed key is the innermost. */
  readonly copyIndexes: ReadonlyMap<string, number>;
  /** A function that the template defines, by `namespace.name`. */
  userFunction(name: string): UserFunction | undefined;
  /** Arguments of the lambda expressions around, by name in lower case. */
  readonly locals: ReadonlyMap<string, WorkflowValue>;
}

/** A function of the template: its arguments, and what surrounds its call. */
export type UserFunction = (args: readonly WorkflowValue[], scope: TemplateScope) => WorkflowValue;

/** The longest expression that a deployment accepts. */
const maximumTextLength = 24_576;

/** Evaluates the `[…]` expressions of an ARM template, at any depth of a value. */
export class ArmEvaluator {
  constructor(private readonly scope: TemplateScope) {}

  /** The value with its expressions evaluated; `[[` at the start of a text stands for `[`. */
  value(value: WorkflowValue, pointer: string): WorkflowValue {
    if (typeof value === 'string') return this.text(value, pointer);
    if (isArray(value))
      return value.map((item, index) => this.value(item, pointer + pointerStep(index)));
    return isObject(value) ? this.object(value, pointer) : value;
  }

  private object(object: WorkflowObject, pointer: string): WorkflowObject {
    const members: [string, WorkflowValue][] = [];
    for (const [name, member] of membersOf(object)) {
      if (name === 'copy' && isArray(member) && member.every(isCopy))
        members.push(...this.copies(member, pointer));
      else members.push([name, this.value(member, pointer + pointerStep(name))]);
    }
    return objectOf(members);
  }

  /** `copy: [{ name, count, input }]` makes one array of each entry. */
  private copies(entries: readonly WorkflowValue[], pointer: string): [string, WorkflowValue][] {
    return entries.filter(isObject).map((entry, index) => {
      const at = `${pointer}/copy/${index}`;
      const name = textOf(memberOf(entry, 'name') ?? null);
      const count = Number(textOf(this.value(memberOf(entry, 'count') ?? 0, at)));
      const input = memberOf(entry, 'input') ?? null;
      const items = Array.from({ length: Math.min(Math.max(count, 0), 800) }, (_, number) =>
        new ArmEvaluator({
          ...this.scope,
          copyIndexes: withIndex(this.scope.copyIndexes, name, number),
        }).value(input, `${at}/input`),
      );
      return [name, items];
    });
  }

  private text(text: string, pointer: string): WorkflowValue {
    if (!text.startsWith('[') || !text.endsWith(']')) return text;
    if (text.startsWith('[[')) return text.slice(1);
    try {
      return this.node(parseExpression(bare(text.slice(1, -1)), maximumTextLength));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.scope.report.error(
        'InvalidTemplate',
        pointer,
        `The template language expression '${text}' of the deployment template is not valid: ${error.message}`,
      );
      return text;
    }
  }

  private node(node: ExpressionNode): WorkflowValue {
    if (node.kind === 'literal') return node.value;
    let value = this.call(node);
    for (const { key, isSafe } of node.dereferences) value = select(value, this.node(key), isSafe);
    return value;
  }

  private call(node: FunctionNode): WorkflowValue {
    const name = node.name.toLowerCase();
    if (name === 'if') {
      const [condition, yes, no] = node.arguments;
      const chosen = condition !== undefined && this.node(condition) === true ? yes : no;
      return chosen === undefined ? null : this.node(chosen);
    }
    const overLambdas = this.overLambdas(node);
    if (overLambdas !== undefined) return overLambdas;
    const args = node.arguments.map((argument) => this.node(argument));
    const ofTemplate = this.templateFunction(name, args);
    if (ofTemplate !== undefined) return ofTemplate;
    const ofUser = this.scope.userFunction(node.name.replace(userFunctionMark, '.'));
    if (ofUser !== undefined) return ofUser(args, this.scope);
    const known = armFunctions.get(name);
    if (known === undefined)
      throw new ArmTemplateError(`the template function '${node.name}' is not known.`);
    try {
      return sized(known(args, this.scope.deployment), node.name);
    } catch (error) {
      // What fails for a value that only a deployment has may well work there.
      if (isRefusal(error) && name !== 'fail' && args.some(holdsStandIn))
        return standInFor(node.name);
      throw error;
    }
  }

  /** `map(list, lambda('item', …))` and its like; undefined when no argument is a lambda expression. */
  private overLambdas(node: FunctionNode): WorkflowValue | undefined {
    const apply = lambdaFunctions.get(node.name.toLowerCase());
    const [first, ...others] = node.arguments.filter(isLambda);
    if (apply === undefined || first === undefined) return undefined;
    const [over = null, ...rest] = node.arguments
      .filter((argument) => !isLambda(argument))
      .map((argument) => this.node(argument));
    return apply(over, [this.lambda(first), ...others.map((other) => this.lambda(other))], rest);
  }

  private lambda(node: FunctionNode): Lambda {
    const names = node.arguments.slice(0, -1).map((name) => textOf(this.node(name)).toLowerCase());
    const body = node.arguments.at(-1);
    return (...args) => {
      const bound = names.map((name, index) => [name, args[index] ?? null] as const);
      const locals = new Map([...this.scope.locals, ...bound]);
      return body === undefined ? null : new ArmEvaluator({ ...this.scope, locals }).node(body);
    };
  }

  private templateFunction(
    name: string,
    [first = null, second]: readonly WorkflowValue[],
  ): WorkflowValue | undefined {
    switch (name) {
      case 'parameters':
        return found(this.scope.parameter(textOf(first)), 'parameter', first);
      case 'variables':
        return found(this.scope.variable(textOf(first)), 'variable', first);
      case 'lambdavariables':
        return found(this.scope.locals.get(textOf(first).toLowerCase()), 'lambda variable', first);
      case 'copyindex': {
        const loop = typeof first === 'string' ? first : '';
        const offset = typeof first === 'number' ? first : second;
        return (this.scope.copyIndexes.get(loop) ?? 0) + (typeof offset === 'number' ? offset : 0);
      }
      case 'reference':
        return this.reference(textOf(first));
      case 'deployment':
        return surroundings('deployment', this.scope.deployment, this.scope.template);
      default:
        return name.startsWith('list') ? unknownToUs(name, textOf(first)) : undefined;
    }
  }

  /** The resource of that id as its deployment would show it: properties, and an identity that only Azure knows. */
  private reference(id: string): WorkflowObject {
    const resource = this.scope.resource(id);
    const properties = resource === undefined ? undefined : memberOf(resource, 'properties');
    const name = id.split('/').at(-1) ?? id;
    return {
      ...(isObject(properties) ? properties : {}),
      ...(resource === undefined ? {} : { properties: properties ?? null }),
      identity: { principalId: `${unresolved}-${name}`, tenantId: this.scope.deployment.tenantId },
    };
  }
}

/** Stands for the point in the name of a function that the template defines: `namespace.name(…)`. */
const userFunctionMark = '__of__';

/** The expression with the names of the template's own functions in one word, as the parser wants them. */
function bare(expression: string): string {
  if (!/\w\.\w+\s*\(/.test(expression)) return expression;
  const parts = expression.split(/('(?:[^']|'')*')/);
  return parts
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replaceAll(/(?<![\w.)\]])([A-Za-z_]\w*)\.(?=\w+\s*\()/g, `$1${userFunctionMark}`),
    )
    .join('');
}

/** Whether a function has refused its arguments, or the expression is none. */
function isRefusal(error: unknown): error is Error {
  return error instanceof ArmTemplateError || error instanceof WorkflowExpressionError;
}

function isLambda(node: ExpressionNode): node is FunctionNode {
  return node.kind === 'function' && node.name.toLowerCase() === 'lambda';
}

/** Whether an entry of a `copy` array is a property copy, not data of that name. */
function isCopy(entry: WorkflowValue): boolean {
  return (
    isObject(entry) &&
    ['name', 'count', 'input'].every((name) => memberOf(entry, name) !== undefined)
  );
}

/** A deployment is at most 4 MB: results beyond it come from templates that double themselves. */
const maximumSize = 4_194_304;

function sized(value: WorkflowValue, name: string): WorkflowValue {
  const size = typeof value === 'string' || isArray(value) ? value.length : 0;
  if (size > maximumSize) throw new ArmTemplateError(`the result of '${name}' is too large.`);
  return value;
}

function withIndex(
  indexes: ReadonlyMap<string, number>,
  name: string,
  index: number,
): ReadonlyMap<string, number> {
  return new Map([...indexes, [name, index], ['', index]]);
}

function found(value: WorkflowValue | undefined, what: string, name: WorkflowValue): WorkflowValue {
  if (value === undefined)
    throw new ArmTemplateError(`the template ${what} '${textOf(name)}' is not found.`);
  return value;
}

/** `listKeys`, `listCallbackUrl` and their like ask a deployed resource. */
function unknownToUs(name: string, id: string): WorkflowObject {
  const resource = id.split('/').at(-1) ?? id;
  const value =
    name === 'listcallbackurl' ? `https://${unresolved}/${resource}` : `${unresolved}-${resource}`;
  return {
    value,
    basePath: value,
    queries: { 'api-version': '2016-10-01', sp: unresolved, sv: '1.0', sig: unresolved },
    method: 'POST',
    primaryKey: value,
    secondaryKey: value,
    primaryConnectionString: value,
    secondaryConnectionString: value,
    key1: value,
    key2: value,
    keys: [
      { keyName: 'key1', value },
      { keyName: 'key2', value },
    ],
    functionKeys: { default: value },
    masterKey: value,
  };
}

function select(value: WorkflowValue, key: WorkflowValue, isSafe: boolean): WorkflowValue {
  if (isArray(value) && typeof key === 'number' && value[key] !== undefined) return value[key];
  if (isObject(value) && typeof key === 'string') {
    const spelling = spellingOf(value, key);
    if (spelling !== undefined) return value[spelling] as WorkflowValue;
    // What a deployed resource would say cannot be known here.
    if (isUnresolved(value) || value === unknownObject) return standInFor(key);
  }
  if (isSafe) return null;
  if (isArray(value) ? holdsStandIn(value) : typeof value === 'string' && isStandIn(value))
    return standInFor(textOf(key));
  throw new ArmTemplateError(`the property '${textOf(key)}' doesn't exist.`);
}

function isUnresolved(value: WorkflowObject): boolean {
  const identity = value['identity'];
  return isObject(identity) && textOf(identity['principalId'] ?? null).startsWith(unresolved);
}
