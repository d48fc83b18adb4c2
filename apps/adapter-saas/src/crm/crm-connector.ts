import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  ConnectorError,
  forwardableHeaders,
  sendToSystem,
  type Connector,
  type CredentialStore,
  type OperationAnswer,
  type OperationCall,
  type SystemRequest,
} from '@isthmus/connectors';
import { crmSwagger } from './swagger.js';

const mostAttempts = 4;
const longestRetryWaitMs = 10_000;
const mostPages = 1000;

/**
 * The CRM connector: hides what the vendor's API asks of its clients. Pages are joined, 429 is
 * retried after the time that the system names, and a repeated note is sent under one idempotency
 * key, taken from the action's own.
 */
export function crmConnector(credentials: CredentialStore): Connector {
  return {
    name: 'crm',
    swagger: crmSwagger,
    call: (call) => {
      const send = (method: string, path: string, headers: Record<string, string> = {}) =>
        sendPatiently(systemRequest(call, method, path, headers), call, credentials);
      if (call.method === 'GET' && call.path === '/customers') return listCustomers(send);
      const match = /^\/customers\/([^/]+)(\/notes)?$/.exec(call.path);
      if (match && call.method === 'GET' && !match[2])
        return send('GET', `/v1/customers/${match[1]}`);
      if (match && call.method === 'POST' && match[2]) {
        return send('POST', `/v1/customers/${match[1]}/notes`, {
          'idempotency-key': idempotencyKey(call),
        });
      }
      throw new ConnectorError(
        404,
        'OperationNotFound',
        `The connector has no operation ${call.method} ${call.path}.`,
      );
    },
  };
}

type Send = (
  method: string,
  path: string,
  headers?: Record<string, string>,
) => Promise<OperationAnswer>;

function systemRequest(
  call: OperationCall,
  method: string,
  path: string,
  headers: Record<string, string>,
): SystemRequest {
  const { baseUrl, name } = call.connection;
  if (baseUrl === undefined) {
    throw new ConnectorError(500, 'ConnectionIncomplete', `Connection ${name} has no base URL.`);
  }
  return {
    method,
    url: new URL(path, baseUrl),
    headers: { ...forwardableHeaders(call.headers), ...headers },
    body: call.body,
  };
}

/** Joins all pages; a system that repeats pages for ever ends in an error instead of a hang. */
async function listCustomers(send: Send): Promise<OperationAnswer> {
  const value: unknown[] = [];
  let next: string | null = '/v1/customers';
  for (let pages = 0; next !== null; pages += 1) {
    if (pages === mostPages)
      throw new ConnectorError(502, 'TooManyPages', `Over ${mostPages} pages.`);
    const answer = await send('GET', next);
    if (answer.status !== 200) return answer;
    const page = (await new Response(answer.body as ReadableStream).json()) as {
      data: unknown[];
      next: string | null;
    };
    value.push(...page.data);
    next = page.next;
  }
  return { status: 200, body: { value } };
}

async function sendPatiently(
  request: SystemRequest,
  call: OperationCall,
  credentials: CredentialStore,
): Promise<OperationAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await sendToSystem(request, call, credentials);
    const seconds = Number(answer.headers?.['retry-after'] ?? Number.NaN);
    if (
      answer.status !== 429 ||
      attempt === mostAttempts ||
      !(seconds * 1000 <= longestRetryWaitMs)
    ) {
      return answer;
    }
    await (answer.body as ReadableStream | undefined)?.cancel();
    await wait(seconds * 1000, undefined, { signal: call.signal });
  }
}

/** The action's idempotency key; a caller without one gets one from what it sends. */
function idempotencyKey(call: OperationCall): string {
  return (
    call.headers['x-ms-client-request-id'] ??
    createHash('sha256').update(`${call.path}\n`).update(call.body).digest('hex')
  );
}
