import { randomUUID, timingSafeEqual } from 'node:crypto';
import {
  jsonHandler,
  parseBody,
  problem,
  type JsonAnswer,
  type JsonRequest,
} from '../json-http.js';
import { listen, type Listening } from '../listen.js';
import { seedCustomers, type Customer } from './seed.js';

/** Credentials of the one registered application; sample data, as public as the rest of this file. */
export const crmClient = { id: 'isthmus', secret: 'crm-sample-secret' } as const;

const tokenLifetimeSeconds = 300;
const requestsPerSecond = 50;
const pageSize = 2;

interface Crm {
  readonly customers: Map<string, Customer>;
  readonly notes: Map<string, object>;
  /** Access tokens and when they end, in milliseconds. */
  readonly tokens: Map<string, number>;
  /** Answers by idempotency key, so that a repeated POST adds nothing. */
  readonly answered: Map<string, JsonAnswer>;
  window: { readonly second: number; count: number };
}

/**
 * A CRM as SaaS vendors build them: OAuth 2.0 client credentials (RFC 6749 section 4.4), pages with
 * a next link, 429 with Retry-After above 50 requests a second, idempotency keys on POST.
 */
export function startCrm(port: number): Promise<Listening> {
  const crm: Crm = {
    customers: new Map(seedCustomers.map((customer) => [customer.id, customer])),
    notes: new Map(),
    tokens: new Map(),
    answered: new Map(),
    window: { second: 0, count: 0 },
  };
  return listen(
    jsonHandler((request) => route(request, crm)),
    port,
  );
}

function route(request: JsonRequest, crm: Crm): JsonAnswer {
  if (request.path === '/oauth2/token') return issueToken(request, crm);
  if (!authorised(request, crm)) {
    return {
      ...problem(401, 'Unauthorized', 'The access token is missing, unknown or expired.'),
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    };
  }
  if (throttled(crm)) {
    return { ...problem(429, 'Too Many Requests', 'Slow down.'), headers: { 'retry-after': '1' } };
  }
  if (request.method === 'GET' && request.path === '/v1/customers') return page(request, crm);
  const match = /^\/v1\/customers\/([\w-]+)(\/notes)?$/.exec(request.path);
  const customer = match && crm.customers.get(match[1]!);
  if (!match || !customer) return problem(404, 'Not Found', `Nothing at ${request.path}.`);
  if (match[2] && request.method === 'POST') return addNote(request, crm, customer);
  if (!match[2] && request.method === 'GET') return { status: 200, body: customer };
  return problem(405, 'Method Not Allowed', request.method);
}

function issueToken(request: JsonRequest, crm: Crm): JsonAnswer {
  const form = new URLSearchParams(request.text);
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '');
  const [id, secret] = basic
    ? Buffer.from(basic[1]!, 'base64').toString('utf8').split(':')
    : [form.get('client_id'), form.get('client_secret')];
  if (form.get('grant_type') !== 'client_credentials') {
    return { status: 400, body: { error: 'unsupported_grant_type' } };
  }
  if (id !== crmClient.id || !equal(secret ?? '', crmClient.secret)) {
    return { status: 401, body: { error: 'invalid_client' } };
  }
  const token = randomUUID();
  crm.tokens.set(token, Date.now() + tokenLifetimeSeconds * 1000);
  return {
    status: 200,
    body: { access_token: token, token_type: 'Bearer', expires_in: tokenLifetimeSeconds },
    headers: { 'cache-control': 'no-store' },
  };
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function authorised(request: JsonRequest, crm: Crm): boolean {
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return token !== undefined && (crm.tokens.get(token) ?? 0) > Date.now();
}

function throttled(crm: Crm): boolean {
  const second = Math.floor(Date.now() / 1000);
  if (crm.window.second !== second) crm.window = { second, count: 0 };
  crm.window.count += 1;
  return crm.window.count > requestsPerSecond;
}

function page(request: JsonRequest, crm: Crm): JsonAnswer {
  const from = Number(request.query.get('cursor') ?? 0);
  const all = [...crm.customers.values()];
  const next = from + pageSize < all.length ? `/v1/customers?cursor=${from + pageSize}` : null;
  return { status: 200, body: { data: all.slice(from, from + pageSize), next } };
}

function addNote(request: JsonRequest, crm: Crm, customer: Customer): JsonAnswer {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return problem(400, 'Bad Request', 'POST needs an Idempotency-Key.');
  const before = crm.answered.get(key);
  if (before) return { ...before, headers: { 'idempotency-replayed': 'true' } };
  const text = (parseBody(request.text) as { text?: unknown } | undefined)?.text;
  if (typeof text !== 'string') return problem(400, 'Bad Request', 'A note has a text.');
  const note = { id: randomUUID(), customerId: customer.id, text };
  crm.notes.set(note.id, note);
  const answer: JsonAnswer = { status: 201, body: note };
  crm.answered.set(key, answer);
  return answer;
}
