import {
  compilePolicies,
  defaultGlobalPolicy,
  type ScopeDocuments,
} from '../composition/compile-policies.js';
import type { PolicySource } from '../document/policy-document.js';
import type { PolicyProblem } from '../document/problem.js';
import type { CompiledOperation } from '../pipeline/compiled-operation.js';
import type { PolicyContext } from '../pipeline/context.js';
import { finishPipeline, runPipeline } from '../pipeline/run-pipeline.js';
import { isPreflight, runPreflight } from '../pipeline/run-preflight.js';
import { textKind } from '../values/value-kind.js';
import { CaseWorld, type SeenCall } from './case-world.js';
import {
  compareJson,
  compareList,
  compareMessage,
  compareText,
  type Differences,
} from './compare.js';
import type { CaseStep, Expected, Given, PolicyCase } from './policy-case.js';
import { unknownMembers } from './unknown-members.js';

/** What came of a case: no differences when it passed. */
export interface CaseResult {
  readonly name: string;
  readonly differences: readonly string[];
}

/** Runs one case without any server: compiles its documents and sends its requests through the pipeline. */
export async function runPolicyCase(one: PolicyCase): Promise<CaseResult> {
  const differences = unknownMembers(one);
  if (differences.length > 0) return { name: one.name, differences };
  const options = {
    namedValues: new Map(Object.entries(one.namedValues ?? {})),
    fragments: new Map(
      Object.entries(one.fragments ?? {}).map(([id, text]): [string, PolicySource] => [
        id,
        { text },
      ]),
    ),
    schemas: new Map(Object.entries(one.schemas ?? {})),
  };
  const { problems, operation } = compilePolicies(documentsOf(one), options);
  const steps: readonly CaseStep[] = one.steps ?? [
    { ...(one.given ? { given: one.given } : {}), ...(one.expect ? { expect: one.expect } : {}) },
  ];
  const expected = one.expect?.problems;
  if (expected || !operation) {
    compareProblems(expected ?? [], problems, differences);
    return { name: one.name, differences };
  }
  const world = new CaseWorld(steps[0]?.given?.now ?? one.given?.now);
  for (const [i, step] of steps.entries()) {
    if (step.after !== undefined) world.clock.advance(step.after * 1000);
    const found: Differences = [];
    await runStep(operation, world, { ...step, given: { ...one.given, ...step.given } }, found);
    differences.push(
      ...found.map((difference) =>
        steps.length > 1 ? `step ${i + 1}: ${difference}` : difference,
      ),
    );
  }
  return { name: one.name, differences };
}

function documentsOf(one: PolicyCase): ScopeDocuments {
  if (one.documents) {
    const documents: ScopeDocuments = { global: defaultGlobalPolicy };
    for (const [scope, text] of Object.entries(one.documents))
      documents[scope as keyof ScopeDocuments] = { text };
    return documents;
  }
  const section = one.section ?? 'inbound';
  const part = (name: string): string =>
    `<${name}>${name === 'backend' && section === 'backend' ? '' : '<base />'}${name === section ? one.policy : ''}</${name}>`;
  // On line 1, so that positions in `problems` are those of the piece.
  return {
    global: defaultGlobalPolicy,
    api: {
      text: `<policies>${['inbound', 'backend', 'outbound', 'on-error'].map(part).join('')}</policies>`,
    },
  };
}

function compareProblems(
  expected: NonNullable<Expected['problems']>,
  actual: readonly PolicyProblem[],
  into: Differences,
): void {
  const texts = actual.map(
    (problem) =>
      `${problem.line}:${problem.column} ${problem.code} <${problem.element}> ${problem.message}`,
  );
  if (expected.length !== actual.length) {
    into.push(
      `problems: expected ${expected.length}, got ${actual.length}${texts.map((text) => `\n    ${text}`).join('')}`,
    );
    return;
  }
  for (const [i, wanted] of expected.entries()) {
    const problem = actual[i]!;
    const { code, line, column, message, hint } =
      typeof wanted === 'string' ? ({ message: wanted } as Exclude<typeof wanted, string>) : wanted;
    if (message !== undefined && !problem.message.includes(message))
      into.push(
        `problem ${i + 1}: expected ${JSON.stringify(message)}, got ${JSON.stringify(problem.message)}`,
      );
    if (code !== undefined) compareText(`problem ${i + 1} code`, code, problem.code, into);
    if (line !== undefined) compareJson(`problem ${i + 1} line`, line, problem.line, into);
    if (column !== undefined) compareJson(`problem ${i + 1} column`, column, problem.column, into);
    if (hint !== undefined) compareText(`problem ${i + 1} hint`, hint, problem.hint, into);
  }
}

async function runStep(
  operation: CompiledOperation,
  world: CaseWorld,
  step: { given: Given; expect?: Expected },
  into: Differences,
): Promise<void> {
  const context = world.context(step.given);
  const preflight =
    isPreflight(context.request) &&
    context.operation?.method !== 'OPTIONS' &&
    runPreflight(operation, context);
  if (!preflight) {
    await runPipeline(operation, context);
    await context.response?.body?.buffer();
    context.bytesTransferred =
      (context.request.body?.length ?? 0) + (context.response?.body?.length ?? 0);
    await finishPipeline(context);
  }
  await context.response?.body?.buffer();
  if (step.expect) compareStep(context, world, step.expect, into);
}

function compareStep(
  context: PolicyContext,
  world: CaseWorld,
  expect: Expected,
  into: Differences,
): void {
  const response = context.response!;
  const sent = (body: { wire: Uint8Array } | null): string =>
    body ? Buffer.from(body.wire).toString('utf8') : '';
  const status = expect.status ?? expect.response?.status;
  if (status !== undefined && status !== response.statusCode) {
    into.push(
      `status: expected ${status}, got ${response.statusCode}${context.lastError ? ` (${context.lastError.reason}: ${context.lastError.message})` : ''}`,
    );
  }
  if (expect.response) {
    compareText('reason', expect.response.reason, response.statusReason, into);
    compareMessage(
      'response',
      expect.response,
      { headers: response.headers, body: sent(response.body) },
      into,
    );
  }
  if (expect.request) {
    const { request } = context;
    compareText('request method', expect.request.method, request.method, into);
    compareText('request url', expect.request.url, request.url.toString(), into);
    compareMessage(
      'request',
      expect.request,
      {
        headers: request.headers,
        body: request.body?.buffered === false ? '' : sent(request.body),
      },
      into,
    );
  }
  compareState(context, expect, into);
  compareWorld(world, expect, into);
}

function compareState(context: PolicyContext, expect: Expected, into: Differences): void {
  for (const [name, value] of Object.entries(expect.variables ?? {})) {
    compareText(
      `variable ${name}`,
      value,
      context.variables.has(name) ? textKind.convert(context.variables.get(name)) : undefined,
      into,
    );
  }
  if (expect.target) compareList('target', [expect.target], [context.target], into);
  if (expect.certificate) {
    const found = context.backendCertificate ? [context.backendCertificate] : [];
    compareList('certificate', [expect.certificate], found, into);
  }
  for (const [name, value] of Object.entries(expect.error ?? {})) {
    compareText(
      `LastError.${name}`,
      value,
      context.lastError?.[name as keyof typeof context.lastError]?.toString(),
      into,
    );
  }
}

function compareWorld(world: CaseWorld, expect: Expected, into: Differences): void {
  if (expect.backend) compareCalls('backend', expect.backend, world.backendCalls, into);
  if (expect.http) compareCalls('http', expect.http, world.httpCalls, into);
  if (expect.forward) compareList('forward', expect.forward, world.forwardOptions, into);
  if (expect.events) compareList('events', expect.events, world.messages.events, into);
  if (expect.messages) compareList('messages', expect.messages, world.messages.sent, into);
  if (expect.published) compareList('published', expect.published, world.messages.published, into);
  if (expect.metrics) compareList('metrics', expect.metrics, world.log.metrics, into);
  if (expect.traces) compareList('traces', expect.traces, world.log.traces, into);
  if (expect.slept)
    compareJson(
      'slept',
      expect.slept,
      world.clock.slept.map((milliseconds) => milliseconds / 1000),
      into,
    );
}

function compareCalls(
  what: string,
  expected: NonNullable<Expected['backend']>,
  actual: readonly SeenCall[],
  into: Differences,
): void {
  if (expected.length !== actual.length) {
    into.push(
      `${what} calls: expected ${expected.length}, got ${actual.length}: ${actual.map((call) => `${call.method} ${call.url}`).join(', ')}`,
    );
    return;
  }
  for (const [i, call] of expected.entries()) {
    const seen = actual[i]!;
    compareText(`${what} call ${i + 1} method`, call.method, seen.method, into);
    compareText(`${what} call ${i + 1} url`, call.url, seen.url, into);
    if ('timeout' in call && call.timeout !== undefined)
      compareJson(`${what} call ${i + 1} timeout`, call.timeout, seen.timeout, into);
    compareMessage(`${what} call ${i + 1}`, call, { headers: seen.headers, body: seen.body }, into);
  }
}
