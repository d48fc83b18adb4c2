import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  pointerStep,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { accessSections, addressList } from '../triggers/caller-access.js';

/** A mistake in `accessControl`, with the JSON pointer of its place. */
export interface AccessControlProblem {
  readonly pointer: string;
  readonly message: string;
}

/** Documented limits of `openAuthenticationPolicies`. */
const mostPolicies = 5;
const mostClaims = 10;
const longestClaim = 150;

/**
 * What is wrong with the `accessControl` of a workflow: address ranges that are none, policies beyond
 * the documented limits or without an issuer. Nothing of it may first show when somebody calls.
 */
export function accessControlProblems(
  accessControl: WorkflowObject | undefined,
): AccessControlProblem[] {
  const problems: AccessControlProblem[] = [];
  for (const [name, section] of membersOf(accessControl ?? {})) {
    const pointer = `/properties/accessControl${pointerStep(name)}`;
    if (!accessSections.some((known) => known.toLowerCase() === name.toLowerCase()))
      problems.push({ pointer, message: `'${name}' is no section of 'accessControl'.` });
    else if (isObject(section)) {
      problems.push(...rangeProblems(memberOf(section, 'allowedCallerIpAddresses'), pointer));
      problems.push(...policyProblems(memberOf(section, 'openAuthenticationPolicies'), pointer));
    }
  }
  return problems;
}

function rangeProblems(ranges: WorkflowValue | undefined, at: string): AccessControlProblem[] {
  if (ranges === undefined || ranges === null) return [];
  const pointer = `${at}/allowedCallerIpAddresses`;
  if (!isArray(ranges)) return [{ pointer, message: 'A list of address ranges was expected.' }];
  return ranges.flatMap((range, index) => {
    const text = isObject(range) ? memberOf(range, 'addressRange') : undefined;
    try {
      if (typeof text !== 'string') throw new RangeError(`'addressRange' is missing`);
      addressList([text]);
      return [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [{ pointer: `${pointer}${pointerStep(index)}`, message: `${error.message}.` }];
    }
  });
}

function policyProblems(open: WorkflowValue | undefined, at: string): AccessControlProblem[] {
  const policies = isObject(open) ? memberOf(open, 'policies') : undefined;
  if (!isObject(policies)) return [];
  const pointer = `${at}/openAuthenticationPolicies/policies`;
  const members = membersOf(policies);
  const tooMany =
    members.length > mostPolicies
      ? [{ pointer, message: `There are ${members.length} policies; ${mostPolicies} are allowed.` }]
      : [];
  return [
    ...tooMany,
    ...members.flatMap(([name, policy]) =>
      claimProblems(policy).map((message) => ({
        pointer: `${pointer}${pointerStep(name)}`,
        message: `The policy '${name}' ${message}`,
      })),
    ),
  ];
}

function claimProblems(policy: WorkflowValue): string[] {
  const given = isObject(policy) ? memberOf(policy, 'claims') : undefined;
  const claims = (isArray(given) ? given : []).filter(isObject);
  const texts = claims.map((claim) => [memberOf(claim, 'name'), memberOf(claim, 'value')]);
  const problems: string[] = [];
  if (!texts.some(([name]) => name === 'iss')) problems.push("must have the claim 'iss'.");
  if (claims.length > mostClaims)
    problems.push(`has ${claims.length} claims; ${mostClaims} are allowed.`);
  for (const [name, value] of texts) {
    if (typeof name !== 'string' || typeof value !== 'string')
      problems.push('has a claim whose name or value is no text.');
    else if (value.length > longestClaim)
      problems.push(`has a value of '${name}' over ${longestClaim} characters.`);
  }
  return problems;
}
