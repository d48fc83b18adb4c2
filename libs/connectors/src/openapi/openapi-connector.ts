import {
  ConnectorError,
  type Connector,
  type OperationAnswer,
  type OperationCall,
} from '../connector.js';
import type { CredentialStore } from '../credentials.js';
import { sendToSystem, type SystemRequest } from '../send.js';
import type { BodyTemplate } from './body-templates.js';
import { readDefinition, type ConnectorDefinition } from './definition.js';
import { byOperationId } from './operation-by-id.js';
import {
  readPolicyTemplates,
  stepsFor,
  type PolicyTemplates,
  type TemplateInput,
} from './policy-templates.js';
import { baseOf, matchOperation, systemRequest, type MatchedCall } from './system-request.js';

/** The files of a connector definition folder. */
export interface OpenApiConnectorFiles {
  readonly name: string;
  /** `apiDefinition.swagger.json`, parsed. */
  readonly definition: unknown;
  /** `apiProperties.json`, parsed, where there is one. */
  readonly properties?: unknown;
}

/** The longest answer that policy templates change: it is held in memory. */
const longestChangedAnswer = 104_857_600;

/**
 * A connector that is data: an OpenAPI 2.0 definition and its policy templates, as custom
 * connectors and the published connector catalogue have them.
 */
export function openApiConnector(
  files: OpenApiConnectorFiles,
  credentials: CredentialStore,
): Connector {
  const definition = readDefinition(files.definition);
  const policies = readPolicyTemplates(files.properties ?? { properties: {} });
  return {
    name: files.name,
    swagger: definition.document,
    call: async (given) => {
      const call = byOperationId(definition, given);
      const matched = matchOperation(definition, call);
      return new OperationRun({ definition, policies, credentials, given }, matched, call).run();
    },
  };
}

/** One call of one operation, through the policy templates that concern it. */
class OperationRun {
  private readonly id: string;

  constructor(
    private readonly parts: {
      readonly definition: ConnectorDefinition;
      readonly policies: PolicyTemplates;
      readonly credentials: CredentialStore;
      /** The call as the workflow made it. */
      readonly given: OperationCall;
    },
    private readonly matched: MatchedCall,
    private readonly call: OperationCall,
  ) {
    this.id = matched.operation.operationId;
  }

  async run(): Promise<OperationAnswer> {
    const { policies, credentials, given } = this.parts;
    const [trigger] = stepsFor(policies.triggers, this.id);
    const call = trigger ? trigger.asked(this.call) : this.call;
    const answer = await this.answered(await sendToSystem(this.request(call), call, credentials));
    if (!trigger || answer.status !== 200) return answer;
    const body = jsonOf((await whole(answer)).body);
    return trigger.answered(given, body, this.input(body));
  }

  /** The request after its policy templates: first those of its body, which may read what the others change. */
  private request(call: OperationCall): SystemRequest {
    const { definition, policies } = this.parts;
    const plain = systemRequest(definition, this.matched, call);
    const bodies = stepsFor(policies.requestBodies, this.id);
    const before = requestBody(call);
    const body = bodies.length > 0 && before !== undefined ? this.through(bodies, before) : before;
    const input = this.input(body);
    const request =
      bodies.length > 0 && body !== undefined
        ? {
            ...plain,
            headers: { 'content-type': 'application/json', ...plain.headers },
            body: Buffer.from(JSON.stringify(body)),
          }
        : plain;
    return stepsFor(policies.requests, this.id).reduce(
      (current, policy) => policy(current, input),
      request,
    );
  }

  private async answered(given: OperationAnswer): Promise<OperationAnswer> {
    const { policies } = this.parts;
    const steps = stepsFor(policies.responseBodies, this.id);
    const answer = steps.length > 0 ? await whole(given) : given;
    const before = steps.length > 0 ? jsonOf(answer.body) : undefined;
    const body = before === undefined ? undefined : this.through(steps, before);
    const headers = stepsFor(policies.responseHeaders, this.id).reduce(
      (current, policy) => policy(current, this.input(body)),
      answer.headers ?? {},
    );
    return {
      ...answer,
      headers,
      ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
    };
  }

  private through(steps: readonly BodyTemplate[], body: unknown): unknown {
    const input = this.input(body);
    return steps.reduce((current, step) => step(current, input), body);
  }

  private input(body: unknown): TemplateInput {
    const { call } = this;
    return {
      operationId: this.id,
      connectionParameters: call.connection.parameters,
      queries: call.query,
      headers: call.headers,
      pathValues: this.matched.pathValues,
      body,
      pageAddress: (link) => this.pageAddress(link),
    };
  }

  /** The page that the system names by its own address, as an address of this connector. */
  private pageAddress(link: string): string {
    const { call } = this;
    const base = new URL(baseOf(this.parts.definition, call));
    const target = URL.parse(link, base.href);
    if (!target) return link;
    const below = base.pathname.replace(/\/$/, '');
    const inside =
      target.origin === base.origin && target.pathname.startsWith(`${below}/`)
        ? target.pathname.slice(below.length)
        : undefined;
    const { operations } = this.parts.definition;
    const isKnown = operations.some(
      ({ method, pattern }) => method === 'GET' && inside !== undefined && pattern.test(inside),
    );
    // A page whose path the definition does not have is one of the operation that answered.
    return `${call.address ?? ''}${isKnown ? inside : call.path}${target.search}`;
  }
}

const withoutBody = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/** The JSON of a request; an object where a method that has a body brought none. */
function requestBody({ method, body }: OperationCall): unknown {
  if (body.length === 0) return withoutBody.has(method) ? undefined : {};
  return parsed(body.toString('utf8'));
}

/** An answer whose JSON has come to its end; other content goes on as it comes. */
async function whole(answer: OperationAnswer): Promise<OperationAnswer> {
  const { body, headers } = answer;
  const isJson = /[/+]json\b/i.test(headers?.['content-type'] ?? '');
  if (!(body instanceof ReadableStream) || !isJson) return answer;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    size += chunk.length;
    if (size > longestChangedAnswer)
      throw new ConnectorError(502, 'BadGateway', 'The answer is too long to be changed.');
    chunks.push(chunk);
  }
  return { ...answer, body: Buffer.concat(chunks) };
}

/** The JSON that has come; undefined when it is none. */
function jsonOf(body: unknown): unknown {
  return Buffer.isBuffer(body) ? parsed(body.toString('utf8')) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
