import { createHash } from 'node:crypto';
import {
  jsonHandler,
  parseBody,
  problem,
  type JsonAnswer,
  type JsonRequest,
} from '../json-http.js';
import { listen, type Listening } from '../listen.js';
import { openApi } from './openapi.js';
import { seedOrders, type Order } from './seed.js';

interface Mistake {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * The order service: a REST API with an OpenAPI 3.1 document, entity tags (RFC 9110 section 8.8.3)
 * and validation errors as problem documents. Its state lives as long as the process.
 */
export function startOrders(port: number): Promise<Listening> {
  const orders = new Map(seedOrders.map((order) => [order.id, order]));
  return listen(
    jsonHandler((request) => route(request, orders)),
    port,
  );
}

async function route(request: JsonRequest, orders: Map<string, Order>): Promise<JsonAnswer> {
  const { method, path, query } = request;
  const delay = Number(query.get('delay-ms') ?? 0);
  if (delay > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(delay, 60_000)));
  if (method === 'GET' && path === '/openapi.json') return { status: 200, body: openApi };
  if (path === '/orders') {
    if (method === 'GET') return list(query, orders);
    if (method === 'POST') return create(request, orders);
    return notAllowed('GET, POST');
  }
  const deliveries = /^\/delivery-options\/([A-Z]{2})$/.exec(path);
  if (deliveries) return { status: 200, body: deliveryOptions(deliveries[1]!) };
  const item = /^\/orders\/([\w-]+)$/.exec(path);
  if (!item) return problem(404, 'Not Found', `Nothing at ${path}.`);
  const order = orders.get(item[1]!);
  if (!order) return problem(404, 'Not Found', `No order ${item[1]}.`);
  if (method === 'GET') return read(request, order);
  if (method === 'PUT') return replace(request, order, orders);
  return notAllowed('GET, PUT');
}

function deliveryOptions(country: string): object {
  const days = country === 'DE' ? 1 : ['AT', 'CH', 'FR', 'NL'].includes(country) ? 2 : 5;
  return {
    country,
    options: [
      { carrier: 'standard', days: days + 2 },
      { carrier: 'express', days },
    ],
  };
}

function list(query: URLSearchParams, orders: Map<string, Order>): JsonAnswer {
  const customer = query.get('customerId');
  const items = [...orders.values()].filter((order) => !customer || order.customerId === customer);
  return { status: 200, body: { items, count: items.length } };
}

function read(request: JsonRequest, order: Order): JsonAnswer {
  const headers = { etag: entityTag(order), 'cache-control': 'private, max-age=0' };
  if (request.headers['if-none-match'] === headers.etag) return { status: 304, headers };
  return { status: 200, body: order, headers };
}

function create(request: JsonRequest, orders: Map<string, Order>): JsonAnswer {
  const body = parseBody(request.text);
  const mistakes = validateOrder(body);
  if (mistakes.length > 0) return invalid(mistakes);
  const id = String(1000 + orders.size + 1);
  const order: Order = { ...(body as Order), id, status: 'open' };
  orders.set(id, order);
  return {
    status: 201,
    body: order,
    headers: { location: `/orders/${id}`, etag: entityTag(order) },
  };
}

function replace(request: JsonRequest, order: Order, orders: Map<string, Order>): JsonAnswer {
  const expected = request.headers['if-match'];
  if (!expected) return problem(428, 'Precondition Required', 'PUT needs If-Match.');
  if (expected !== '*' && expected !== entityTag(order)) {
    return problem(412, 'Precondition Failed', 'The order has changed since it was read.');
  }
  const body = parseBody(request.text);
  const mistakes = validateOrder(body);
  if (mistakes.length > 0) return invalid(mistakes);
  const changed: Order = { ...order, ...(body as Order), id: order.id };
  orders.set(order.id, changed);
  return { status: 200, body: changed, headers: { etag: entityTag(changed) } };
}

function validateOrder(body: unknown): Mistake[] {
  if (typeof body !== 'object' || body === null)
    return [{ pointer: '', detail: 'must be a JSON object' }];
  const { customerId, lines } = body as Partial<Order>;
  const mistakes: Mistake[] = [];
  if (typeof customerId !== 'string' || !/^C-\d+$/.test(customerId)) {
    mistakes.push({ pointer: '/customerId', detail: 'must be a customer number such as C-100' });
  }
  if (!Array.isArray(lines) || lines.length === 0) {
    mistakes.push({ pointer: '/lines', detail: 'must hold at least one line' });
    return mistakes;
  }
  for (const [index, line] of lines.entries()) {
    if (typeof line?.sku !== 'string') {
      mistakes.push({ pointer: `/lines/${index}/sku`, detail: 'must be an article number' });
    }
    if (!Number.isInteger(line?.quantity) || line.quantity < 1) {
      mistakes.push({
        pointer: `/lines/${index}/quantity`,
        detail: 'must be a whole number from 1',
      });
    }
  }
  return mistakes;
}

function invalid(errors: Mistake[]): JsonAnswer {
  return problem(422, 'Unprocessable Content', 'The order is not valid.', { errors });
}

function notAllowed(allow: string): JsonAnswer {
  return { ...problem(405, 'Method Not Allowed', `Allowed: ${allow}.`), headers: { allow } };
}

function entityTag(order: Order): string {
  return `"${createHash('sha256').update(JSON.stringify(order)).digest('hex').slice(0, 16)}"`;
}
