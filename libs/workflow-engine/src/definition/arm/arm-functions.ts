import { createHash } from 'node:crypto';
import {
  functions as workflowFunctions,
  isArray,
  isObject,
  memberOf,
  membersOf,
  objectOf,
  textOf,
  type EvaluationScope,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { ArmTemplateError } from './arm-error.js';
import { groupResourceId, resourceId } from './arm-ids.js';
import { cidrHost, cidrSubnet, parseCidr } from './arm-networks.js';
import { instant, later } from './arm-times.js';
import { buildUri, joinedUri, parseUri } from './arm-uris.js';
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

function sortedKeys(value: WorkflowObject): readonly string[] {
  return Object.keys(value).toSorted();
}

const fromBase64 = (args: readonly WorkflowValue[]): WorkflowValue =>
  sharedFunction('base64ToString')(args, localDeployment);

/** Objects are merged with all that they hold, later values win; arrays lose what is equal to an earlier item. */
function union(args: readonly WorkflowValue[]): WorkflowValue {
  const [first, ...rest] = args;
  if (!args.every((value) => isObject(value)))
    return sharedFunction('union')(args, localDeployment);
  return rest.reduce<WorkflowValue>(merged, first ?? {});
}

function merged(into: WorkflowValue, from: WorkflowValue): WorkflowValue {
  if (!isObject(into) || !isObject(from)) return from;
  const members = new Map(membersOf(into));
  for (const [name, value] of membersOf(from))
    members.set(name, merged(members.get(name) ?? null, value));
  return objectOf([...members]);
}

/** `providers(namespace[, type])`: only Azure knows the real locations and versions. */
function providers(args: readonly WorkflowValue[], { location }: Deployment): WorkflowValue {
  const [namespace, type] = args;
  if (type === undefined) return { namespace: text(namespace), resourceTypes: [] };
  return {
    resourceType: text(type),
    locations: [location],
    apiVersions: ['unresolved-apiVersion'],
  };
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
  base64ToJson: ([value]) => sharedFunction('json')([fromBase64([value ?? null])], localDeployment),
  padLeft: ([value, width, fill]) =>
    text(value).padStart(
      Math.min(integer(width), longestColumn),
      fill === undefined ? ' ' : text(fill),
    ),
  uri: ([base, relative]) => joinedUri(text(base), text(relative)),
  parseUri: ([value]) => parseUri(text(value)),
  buildUri: ([value = null]) => buildUri(value),
  parseCidr: ([value]) => parseCidr(text(value)),
  cidrSubnet: ([value, length, index]) => cidrSubnet(text(value), integer(length), integer(index)),
  cidrHost: ([value, index]) => cidrHost(text(value), integer(index)),
  fail: ([message]) => {
    throw new ArmTemplateError(text(message));
  },
  providers,
  union,
  items: ([value]) =>
    isObject(value) ? sortedKeys(value).map((key) => ({ key, value: value[key] ?? null })) : [],
  shallowMerge: ([value]) =>
    objectOf(
      (isArray(value) ? value : []).flatMap((item) => (isObject(item) ? Object.entries(item) : [])),
    ),
  tryGet: ([value = null, ...keys]) =>
    keys.reduce<WorkflowValue>((at, key) => {
      if (isArray(at)) return typeof key === 'number' ? (at[key] ?? null) : null;
      return isObject(at) ? (memberOf(at, text(key)) ?? null) : null;
    }, value),
  resourceId: groupResourceId,
  subscriptionResourceId: (args, { subscriptionId }) =>
    resourceId(`/subscriptions/${subscriptionId}`, args),
  tenantResourceId: (args) => resourceId('', args),
  extensionResourceId: ([scope, ...rest]) => resourceId(text(scope), rest),
  subscription: (_args, deployment) => surroundings('subscription', deployment),
  resourceGroup: (_args, deployment) => surroundings('resourcegroup', deployment),
  tenant: (_args, deployment) => surroundings('tenant', deployment),
  environment: (_args, deployment) => surroundings('environment', deployment),
  pickZones: () => [],
  flatten: ([value]) => (isArray(value) ? value.flat() : []) as WorkflowValue,
  objectKeys: ([value]) => (isObject(value) ? sortedKeys(value) : []),
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
  dateTimeToEpoch: ([value]) => Math.trunc(instant(text(value)).getTime() / 1000),
  dateTimeFromEpoch: ([value]) =>
    instant(integer(value) * 1000)
      .toISOString()
      .replace('.000Z', 'Z'),
  dateTimeAdd: ([base, duration, format = 'yyyy-MM-ddTHH:mm:ssZ']) =>
    sharedFunction('formatDateTime')([later(text(base), text(duration)), format], localDeployment),
};

/** ARM template functions by name in lower case; those that read the template itself are the evaluator's. */
export const armFunctions: ReadonlyMap<string, ArmFunction> = new Map<string, ArmFunction>([
  ...shared.map((name) => [name.toLowerCase(), sharedFunction(name)] as const),
  ...Object.entries(own).map(([name, apply]) => [name.toLowerCase(), apply] as const),
]);
