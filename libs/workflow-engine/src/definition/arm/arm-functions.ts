import { createHash } from 'node:crypto';
import {
  functions as workflowFunctions,
  isArray,
  isObject,
  memberOf,
  objectOf,
  parseJson,
  textOf,
  type EvaluationScope,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { parseDuration } from '../../calls/duration.js';
import { ArmTemplateError } from './arm-error.js';
import { localDeployment, surroundings, type Deployment } from './deployment.js';

/** A function of ARM templates that needs nothing but its arguments and the deployment. */
export type ArmFunction = (args: readonly WorkflowValue[], deployment: Deployment) => WorkflowValue;

const noScope: EvaluationScope = {
  now: () => 0,
  newGuid: () => '00000000-0000-0000-0000-000000000000',
  random: () => 0,
};

/** Functions that ARM shares with workflow expressions, same name and meaning. */
const shared = [
  'add',
  'sub',
  'mul',
  'div',
  'mod',
  'min',
  'max',
  'range',
  'base64',
  'base64ToString',
  'dataUri',
  'dataUriToString',
  'uriComponent',
  'uriComponentToString',
  'union',
  'intersection',
  'first',
  'last',
  'take',
  'skip',
  'contains',
  'empty',
  'json',
  'toLower',
  'toUpper',
  'trim',
  'indexOf',
  'lastIndexOf',
  'startsWith',
  'endsWith',
  'replace',
  'join',
  'less',
  'lessOrEquals',
  'greater',
  'greaterOrEquals',
  'coalesce',
  'int',
  'float',
  'bool',
  'string',
  'equals',
  'and',
  'or',
  'not',
] as const;

function sharedFunction(name: string): ArmFunction {
  const known = workflowFunctions.get(name.toLowerCase());
  if (known === undefined) throw new Error(`No workflow function '${name}'.`);
  if (known.kind === 'lazy') return (args) => known.apply(args.map((value) => () => value));
  return (args) => known.apply(args, noScope);
}

function text(value: WorkflowValue | undefined): string {
  return textOf(value ?? null);
}

function integer(value: WorkflowValue | undefined): number {
  const number = Number(text(value));
  if (!Number.isInteger(number)) throw new ArmTemplateError(`'${text(value)}' is not an integer.`);
  return number;
}

/** Letters that no one takes for another, 13 of them: as long as the real ones, and as stable. */
function uniqueString(args: readonly WorkflowValue[]): string {
  const digest = createHash('sha256').update(args.map(text).join('-')).digest();
  return Array.from(
    digest.subarray(0, 13),
    (byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte % 32],
  ).join('');
}

function guid(args: readonly WorkflowValue[]): string {
  const hex = createHash('sha256').update(args.map(text).join('-')).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function concat(args: readonly WorkflowValue[]): WorkflowValue {
  return args.some((value) => isArray(value))
    ? args.flatMap((value) => (isArray(value) ? value : [value]))
    : args.map(text).join('');
}

/** Columns wider than this are cut: a template must not blow up a text. */
const longestColumn = 1000;

/** .NET composite formatting: `{0}`, `{1,8}`, `{2:D3}`, doubled braces. A format concerns numbers alone. */
function format([pattern = '', ...values]: readonly WorkflowValue[]): string {
  return text(pattern).replace(
    /\{\{|\}\}|\{(\d+)(?:,(-?\d+))?(?::([^}]*))?\}/g,
    (whole, index?: string, width = '0', shape?: string) => {
      if (index === undefined) return whole.slice(1);
      const value = values[Number(index)];
      if (value === undefined)
        throw new ArmTemplateError(`The format '${text(pattern)}' has no argument ${index}.`);
      const plain =
        shape !== undefined && typeof value === 'number'
          ? text(sharedFunction('formatNumber')([value, shape], localDeployment))
          : textOf(value);
      const columns = Math.min(Math.abs(Number(width)), longestColumn);
      return Number(width) < 0 ? plain.padEnd(columns) : plain.padStart(columns);
    },
  );
}

/** `/providers/<type>/<name>…` after a prefix; the type may have several segments, each with its name. */
function resourceId(prefix: string, args: readonly WorkflowValue[]): string {
  const at = args.findIndex((value) => text(value).includes('/'));
  if (at < 0)
    throw new ArmTemplateError(
      'resourceId needs a resource type such as Microsoft.Logic/workflows.',
    );
  const [provider = '', ...kinds] = text(args[at]).split('/');
  const names = args.slice(at + 1).flatMap((value) => text(value).split('/'));
  const segments = kinds.flatMap((kind, index) => [kind, names[index] ?? '']);
  return `${prefix}/providers/${provider}/${segments.join('/')}`;
}

function groupResourceId(args: readonly WorkflowValue[], deployment: Deployment): string {
  const at = args.findIndex((value) => text(value).includes('/'));
  const scope = args.slice(0, Math.max(at, 0)).map(text);
  const group = scope.at(-1) ?? deployment.resourceGroup;
  const subscription = scope.length > 1 ? (scope[0] as string) : deployment.subscriptionId;
  return resourceId(
    `/subscriptions/${subscription}/resourceGroups/${group}`,
    args.slice(Math.max(at, 0)),
  );
}

function split([value, delimiters]: readonly WorkflowValue[]): WorkflowValue {
  const marks = isArray(delimiters) ? delimiters.map(text) : [text(delimiters)];
  return marks.reduce<string[]>(
    (parts, mark) => parts.flatMap((part) => (mark === '' ? [part] : part.split(mark))),
    [text(value)],
  );
}

function substring([value, start, length]: readonly WorkflowValue[]): string {
  const whole = text(value);
  const from = integer(start ?? 0);
  return length === undefined ? whole.slice(from) : whole.slice(from, from + integer(length));
}

function createObject(args: readonly WorkflowValue[]): WorkflowObject {
  const members: [string, WorkflowValue][] = [];
  for (let index = 0; index + 1 < args.length; index += 2)
    members.push([text(args[index]), args[index + 1] ?? null]);
  return objectOf(members);
}

function length([value = null]: readonly WorkflowValue[]): number {
  if (isObject(value)) return Object.keys(value).length;
  return isArray(value) ? value.length : text(value).length;
}

/** A time in ISO 8601 plus a duration in ISO 8601. */
function later(base: string, duration: string): string {
  const from = Date.parse(base);
  const milliseconds = parseDuration(duration, from);
  if (Number.isNaN(from) || milliseconds === undefined)
    throw new ArmTemplateError(`'${duration}' cannot be added to '${base}'.`);
  return new Date(from + milliseconds).toISOString();
}

const own: Readonly<Record<string, ArmFunction>> = {
  concat,
  format,
  split,
  substring,
  length,
  uniqueString,
  guid,
  createObject,
  createArray: (args) => [...args],
  array: ([value = null]) => (isArray(value) ? value : [value]),
  true: () => true,
  false: () => false,
  null: () => null,
  newGuid: (_args, deployment) => guid([deployment.name, deployment.resourceGroup]),
  utcNow: ([format = 'yyyyMMddTHHmmssZ'], { time }) =>
    sharedFunction('formatDateTime')([time, format], localDeployment),
  base64ToJson: ([value]) => parseJson(Buffer.from(text(value), 'base64').toString('utf8')),
  padLeft: ([value, width, fill]) =>
    text(value).padStart(integer(width), fill === undefined ? ' ' : text(fill)),
  uri: ([base, relative]) => new URL(text(relative), text(base)).href,
  items: ([value]) =>
    isObject(value) ? Object.entries(value).map(([key, member]) => ({ key, value: member })) : [],
  shallowMerge: ([value]) =>
    objectOf(
      (isArray(value) ? value : []).flatMap((item) => (isObject(item) ? Object.entries(item) : [])),
    ),
  tryGet: ([value = null, name]) =>
    isObject(value) ? (memberOf(value, text(name)) ?? null) : null,
  resourceId: groupResourceId,
  subscriptionResourceId: (args, { subscriptionId }) =>
    resourceId(`/subscriptions/${subscriptionId}`, args),
  tenantResourceId: (args) => resourceId('', args),
  extensionResourceId: ([scope, ...rest]) => resourceId(text(scope), rest),
  subscription: (_args, deployment) => surroundings('subscription', deployment),
  resourceGroup: (_args, deployment) => surroundings('resourcegroup', deployment),
  tenant: (_args, deployment) => surroundings('tenant', deployment),
  deployment: (_args, deployment) => surroundings('deployment', deployment),
  environment: (_args, deployment) => surroundings('environment', deployment),
  pickZones: () => [],
  flatten: ([value]) => (isArray(value) ? value.flat() : []) as WorkflowValue,
  objectKeys: ([value]) => (isObject(value) ? Object.keys(value) : []),
  indexFromEnd: ([value = null, back]) =>
    isArray(value) ? (value.at(-integer(back)) ?? null) : null,
  tryIndexFromEnd: ([value = null, back]) =>
    isArray(value) ? (value.at(-integer(back)) ?? null) : null,
  managementGroup: () => ({
    id: '/providers/Microsoft.Management/managementGroups/isthmus',
    name: 'isthmus',
  }),
  managementGroupResourceId: (args) => resourceId('', args),
  deployer: (_args, { tenantId }) => ({ objectId: tenantId, tenantId, userPrincipalName: '' }),
  dateTimeToEpoch: ([value]) => Math.trunc(Date.parse(text(value)) / 1000),
  dateTimeFromEpoch: ([value]) =>
    new Date(integer(value) * 1000).toISOString().replace('.000Z', 'Z'),
  dateTimeAdd: ([base, duration, format = 'yyyy-MM-ddTHH:mm:ssZ']) =>
    sharedFunction('formatDateTime')([later(text(base), text(duration)), format], localDeployment),
};

/** ARM template functions by name in lower case; those that read the template itself are the evaluator's. */
export const armFunctions: ReadonlyMap<string, ArmFunction> = new Map<string, ArmFunction>([
  ...shared.map((name) => [name.toLowerCase(), sharedFunction(name)] as const),
  ...Object.entries(own).map(([name, apply]) => [name.toLowerCase(), apply] as const),
]);
