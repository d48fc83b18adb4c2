import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import {
  isArray,
  isObject,
  memberOf,
  type WorkflowArray,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import { LRUCache } from 'lru-cache';

/** Sections of `accessControl` of a workflow. */
export type AccessSection = 'triggers' | 'contents' | 'actions' | 'workflowManagement';

/** Who may call at all: addresses of the service's own settings. */
export class CallerAccess {
  readonly #callers: BlockList;
  readonly #proxies: BlockList;
  /** What was found of addresses; few callers call again and again. */
  readonly #known = new LRUCache<string, boolean>({ max: 1000 });

  /**
   * @param callers ranges that may call triggers
   * @param proxies ranges whose `X-Forwarded-For` is believed
   * @throws RangeError that names the range that is none
   */
  constructor(callers: readonly string[], proxies: readonly string[]) {
    this.#callers = addressList(callers);
    this.#proxies = addressList(proxies);
  }

  /** The address of the caller, behind the proxies that are known. */
  addressOf(request: IncomingMessage): string {
    let address = plain(request.socket.remoteAddress ?? '');
    const header = request.headers['x-forwarded-for'];
    if (header === undefined) return address;
    const forwarded = String(header).split(',');
    while (forwarded.length > 0 && holds(this.#proxies, address)) {
      const before = plain((forwarded.pop() ?? '').trim().replace(/:\d+$/, ''));
      if (isIP(before) === 0) break;
      address = before;
    }
    return address;
  }

  /** Whether the service's settings let the address call triggers. */
  isCaller(address: string): boolean {
    let known = this.#known.get(address);
    if (known === undefined) this.#known.set(address, (known = holds(this.#callers, address)));
    return known;
  }
}

/**
 * Whether `accessControl` of a workflow lets an address in. An empty list of triggers lets nobody
 * in but other workflows, which come another way.
 */
export function isAllowed(
  accessControl: WorkflowObject | undefined,
  section: AccessSection,
  address: string,
): boolean {
  const rules = accessControl && memberOf(accessControl, section);
  const ranges = isObject(rules) ? memberOf(rules, 'allowedCallerIpAddresses') : undefined;
  return !isArray(ranges) || holds(listOf(ranges), address);
}

/** Lists by the value of the definition that they were made of. */
const lists = new WeakMap<WorkflowArray, BlockList>();

function listOf(ranges: WorkflowArray): BlockList {
  const known = lists.get(ranges);
  if (known) return known;
  const texts = ranges
    .map((range) => (isObject(range) ? memberOf(range, 'addressRange') : undefined))
    .filter((range): range is string => typeof range === 'string');
  const list = addressList(texts);
  lists.set(ranges, list);
  return list;
}

/** `sasAuthenticationPolicy.state` is `Disabled`: the signature of the URL counts for nothing. */
export function isSignatureDisabled(accessControl: WorkflowObject | undefined): boolean {
  const triggers = accessControl && memberOf(accessControl, 'triggers');
  const policy = isObject(triggers) ? memberOf(triggers, 'sasAuthenticationPolicy') : undefined;
  const state = isObject(policy) ? memberOf(policy, 'state') : undefined;
  return typeof state === 'string' && state.toLowerCase() === 'disabled';
}

/**
 * Whether the claims of a token satisfy one of `openAuthenticationPolicies` of the triggers: every
 * claim that a policy names must have its value. Undefined: there are no policies.
 */
export function satisfiesPolicies(
  accessControl: WorkflowObject | undefined,
  claims: Readonly<Record<string, unknown>>,
): boolean | undefined {
  const triggers = accessControl && memberOf(accessControl, 'triggers');
  const open = isObject(triggers) ? memberOf(triggers, 'openAuthenticationPolicies') : undefined;
  const policies = isObject(open) ? memberOf(open, 'policies') : undefined;
  if (!isObject(policies) || Object.keys(policies).length === 0) return undefined;
  return Object.values(policies).some((policy) => {
    // A proof of possession is nothing that a bearer token could satisfy.
    const type = isObject(policy) ? memberOf(policy, 'type') : undefined;
    if (typeof type === 'string' && type.toLowerCase() !== 'aad') return false;
    const wanted = isObject(policy) ? memberOf(policy, 'claims') : undefined;
    if (!isArray(wanted) || wanted.length === 0) return false;
    return wanted.every((claim) => {
      if (!isObject(claim)) return false;
      const name = memberOf(claim, 'name');
      const has = typeof name === 'string' ? claims[name] : undefined;
      const value = memberOf(claim, 'value');
      return Array.isArray(has) ? has.includes(value) : has !== undefined && has === value;
    });
  });
}

/** @throws RangeError that names the range that is none */
export function addressList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) add(list, range.trim());
  return list;
}

/** `10.0.0.1`, `10.0.0.0/8` or `10.0.0.1-10.0.0.9`, in either family. */
function add(list: BlockList, range: string): void {
  const [first = '', last] = range.split('-').map((part) => part.trim());
  const [network = '', prefix] = first.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  try {
    if (isIP(network) === 0) throw new RangeError('no address');
    if (last !== undefined) list.addRange(network, last, family);
    else if (prefix !== undefined) list.addSubnet(network, Number(prefix), family);
    else list.addAddress(network, family);
  } catch {
    throw new RangeError(
      `'${range}' is no address, subnet (10.0.0.0/8) or range (10.0.0.1-10.0.0.9)`,
    );
  }
}

function holds(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** IPv4 in IPv6 is IPv4. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
