import type { Differences } from './compare.js';
import type {
  CaseStep,
  Expected,
  ExpectedMessage,
  Given,
  GivenCertificate,
  GivenRequest,
  GivenResponse,
  PolicyCase,
} from './policy-case.js';

/** Names of all members of a type; the compiler keeps the tables complete. */
type Names<T> = Readonly<Record<keyof T, true>>;

const names: Names<PolicyCase> = {
  name: true,
  source: true,
  policy: true,
  section: true,
  documents: true,
  fragments: true,
  namedValues: true,
  schemas: true,
  given: true,
  expect: true,
  steps: true,
};
const documentNames: Names<NonNullable<PolicyCase['documents']>> = {
  global: true,
  workspace: true,
  product: true,
  api: true,
  operation: true,
};
const stepNames: Names<CaseStep> = { given: true, expect: true, after: true };
const givenNames: Names<Given> = {
  request: true,
  backend: true,
  http: true,
  variables: true,
  matchedParameters: true,
  operation: true,
  api: true,
  product: true,
  subscription: true,
  user: true,
  backends: true,
  certificates: true,
  keySets: true,
  authorizations: true,
  now: true,
  tracing: true,
};
const message: Names<ExpectedMessage> = { headers: true, body: true, json: true };
const requestNames: Names<GivenRequest> = {
  ...message,
  method: true,
  path: true,
  ipAddress: true,
  certificate: true,
};
const certificateNames: Names<GivenCertificate> = { pem: true, trusted: true };
const responseNames: Names<GivenResponse> = { ...message, status: true, reason: true, fails: true };
const expectNames: Names<Expected> = {
  problems: true,
  request: true,
  response: true,
  status: true,
  variables: true,
  error: true,
  backend: true,
  http: true,
  forward: true,
  target: true,
  certificate: true,
  events: true,
  messages: true,
  published: true,
  metrics: true,
  traces: true,
  slept: true,
};
const callNames: Names<NonNullable<Expected['http']>[number]> = {
  ...message,
  method: true,
  url: true,
  timeout: true,
};
const errorNames: Names<NonNullable<Expected['error']>> = {
  source: true,
  reason: true,
  message: true,
  section: true,
  scope: true,
  path: true,
  policyId: true,
};

/** What a case says and nobody reads: a slip of the pen there would make a case that cannot fail. */
export function unknownMembers(one: PolicyCase): Differences {
  const found: Differences = [];
  const check = (value: unknown, known: Readonly<Record<string, true>>, at: string): void => {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof item !== 'object' || item === null) continue;
      for (const name of Object.keys(item))
        if (!Object.hasOwn(known, name)) found.push(`${at}${name}: there is no such member`);
    }
  };
  const checkStep = ({ given, expect }: CaseStep, at: string): void => {
    check(given, givenNames, `${at}given.`);
    check(given?.request, requestNames, `${at}given.request.`);
    check(given?.request?.certificate, certificateNames, `${at}given.request.certificate.`);
    check(given?.backend, responseNames, `${at}given.backend.`);
    check(given?.http, responseNames, `${at}given.http.`);
    check(expect, expectNames, `${at}expect.`);
    check(expect?.error, errorNames, `${at}expect.error.`);
    check(expect?.request, { ...message, method: true, url: true }, `${at}expect.request.`);
    check(expect?.response, { ...message, status: true, reason: true }, `${at}expect.response.`);
    check(expect?.backend, callNames, `${at}expect.backend.`);
    check(expect?.http, callNames, `${at}expect.http.`);
  };
  check(one, names, '');
  check(one.documents, documentNames, 'documents.');
  checkStep(one, '');
  for (const [i, step] of (one.steps ?? []).entries()) {
    check(step, stepNames, `steps[${i}].`);
    checkStep(step, `steps[${i}].`);
  }
  if (one.steps && Object.keys(one.expect ?? {}).some((name) => name !== 'problems'))
    found.push('expect: a case with steps expects in its steps');
  return [...found, ...missing(one)];
}

/** What a case needs to be one; texts of users may be anything. */
function missing(one: PolicyCase): Differences {
  const found: Differences = [];
  const { policy, documents, section = 'inbound', steps } = one;
  if (documents === undefined && typeof policy !== 'string')
    found.push(
      policy === undefined
        ? 'policy: a case needs policy, documents or artifacts'
        : 'policy: must be a text',
    );
  if (!['inbound', 'backend', 'outbound', 'on-error'].includes(section))
    found.push(`section: '${String(section)}' is no section`);
  for (const name of ['given', 'expect', 'documents'] as const)
    if (one[name] !== undefined && (typeof one[name] !== 'object' || one[name] === null))
      found.push(`${name}: must be an object`);
  if (one.expect === undefined && (steps === undefined || steps.length === 0))
    found.push('expect: a case that expects nothing cannot fail');
  return found;
}
