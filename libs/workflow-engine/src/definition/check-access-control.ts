import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  pointerStep,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { isAddressRange } from './address-range.js';
import type { Report } from './problem.js';

/** The code of mistakes in `accessControl`. */
export const invalidAccessControl = 'InvalidAccessControl';

const sections: ReadonlySet<string> = new Set([
  'triggers',
  'contents',
  'actions',
  'workflowmanagement',
]);

/** Documented limits of `openAuthenticationPolicies`. */
const mostPolicies = 5;
const mostClaims = 10;
const longestClaim = 150;

/**
 * What is wrong with the `accessControl` of a workflow: address ranges that are none, policies beyond
 * the documented limits or without an issuer. Nothing of it may first show when somebody calls.
 */
export function checkAccessControl(
  accessControl: WorkflowObject,
  pointer: string,
  report: Report,
): void {
  for (const [name, section] of membersOf(accessControl)) {
    const at = pointer + pointerStep(name);
    if (!sections.has(name.toLowerCase()))
      report.error(invalidAccessControl, at, `'${name}' is no section of 'accessControl'.`);
    else if (isObject(section)) {
      checkRanges(memberOf(section, 'allowedCallerIpAddresses'), at, report);
      checkPolicies(memberOf(section, 'openAuthenticationPolicies'), at, report);
    }
  }
}

function checkRanges(ranges: WorkflowValue | undefined, at: string, report: Report): void {
  if (ranges === undefined || ranges === null) return;
  const pointer = `${at}/allowedCallerIpAddresses`;
  if (!isArray(ranges))
    return report.error(invalidAccessControl, pointer, 'A list of address ranges was expected.');
  for (const [index, range] of ranges.entries()) {
    const text = isObject(range) ? memberOf(range, 'addressRange') : undefined;
    // What only a deployment in Azure knows cannot be checked.
    if (typeof text === 'string' && (isAddressRange(text) || text.startsWith('['))) continue;
    const message =
      typeof text === 'string'
        ? `'${text}' is no address, subnet (10.0.0.0/8) or range (10.0.0.1-10.0.0.9).`
        : `'addressRange' is missing.`;
    report.error(invalidAccessControl, pointer + pointerStep(index), message);
  }
}

function checkPolicies(open: WorkflowValue | undefined, at: string, report: Report): void {
  const policies = isObject(open) ? memberOf(open, 'policies') : undefined;
  if (!isObject(policies)) return;
  const pointer = `${at}/openAuthenticationPolicies/policies`;
  const members = membersOf(policies);
  if (members.length > mostPolicies) {
    const message = `There are ${members.length} policies; ${mostPolicies} are allowed.`;
    report.error(invalidAccessControl, pointer, message);
  }
  for (const [name, policy] of members) {
    for (const problem of claimProblems(policy))
      report.error(
        invalidAccessControl,
        pointer + pointerStep(name),
        `The policy '${name}' ${problem}`,
      );
  }
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
