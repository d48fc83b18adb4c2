import type { LoadRequest } from '../load/load.js';
import { subscriptionKey } from './apiops-folder.js';
import type { Tokens } from './tokens.js';

const key = { 'Ocp-Apim-Subscription-Key': subscriptionKey };

/** Through all four scopes. */
export const getOrder: readonly LoadRequest[] = [
  {
    method: 'GET',
    path: '/orders/customers/c-100/orders/1001',
    headers: { ...key, Accept: 'application/json' },
  },
];

/** A body of 10 KiB. */
export const postOrder: readonly LoadRequest[] = [
  {
    method: 'POST',
    path: '/orders/orders',
    headers: { ...key, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text: 'x'.repeat(10 * 1024 - 11) }),
  },
];

/** One call for each token. */
export function getSecured({ texts }: Tokens): readonly LoadRequest[] {
  return texts.map((token) => ({
    method: 'GET',
    path: '/secured/things/1',
    headers: { Authorization: `Bearer ${token}`, Origin: 'https://portal.example' },
  }));
}

export const getCached: readonly LoadRequest[] = [
  { method: 'GET', path: '/cached/things/1', headers: {} },
];

/** One call for each operation, in an order that no cache line likes. */
export function getRoutes(operations: number): readonly LoadRequest[] {
  return Array.from({ length: operations }, (_, index) => ({
    method: 'GET',
    path: `/wide/resource-${(index * 7919) % operations}/17`,
    headers: {},
  }));
}
