import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Headers, Query } from '@isthmus/policy-engine';
import { parse } from 'yaml';
import { ApiTable } from './api-table.js';
import type { RoutedApi } from './api-table.js';
import { OperationTable } from './operation-table.js';
import { parseUrlTemplate } from './url-template.js';

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly urlTemplate: string;
}
interface Suite {
  readonly operations: Record<string, Operation[]>;
  readonly cases: {
    name: string;
    in: string;
    request: string;
    operation?: string;
    parameters?: Record<string, string>;
  }[];
  readonly apis: (Partial<RoutedApi> & { id: string; path: string })[];
  readonly apiCases: {
    name: string;
    path: string;
    host?: string;
    query?: string;
    headers?: Record<string, string>;
    api?: string;
    rest?: string;
    miss?: string;
  }[];
}

const file = fileURLToPath(new URL('./routing.cases.yaml', import.meta.url));
const suite = parse(readFileSync(file, 'utf8')) as Suite;

describe('OperationTable', () => {
  it.each(suite.cases)('$name', (one) => {
    const table = new OperationTable(suite.operations[one.in] ?? []);
    const [method = '', target = ''] = one.request.split(' ');
    const [path = '', query = ''] = target.split('?');
    const match = table.find(method, path, new Query(query));
    expect(match?.operation.id).toBe(one.operation);
    expect(Object.fromEntries(match?.parameters ?? [])).toEqual(one.parameters ?? {});
  });

  it('costs the same with 10 and with 10,000 operations', () => {
    const time = (count: number): number => {
      const operations = Array.from({ length: count }, (_, index) => ({
        id: String(index),
        method: 'GET',
        urlTemplate: `/area${index}/items/{id}`,
      }));
      const table = new OperationTable(operations);
      const query = new Query();
      const path = `/area${count - 1}/items/5`;
      for (let index = 0; index < 20_000; index++) table.find('GET', path, query);
      const rounds = Array.from({ length: 7 }, () => {
        const started = performance.now();
        for (let index = 0; index < 20_000; index++) table.find('GET', path, query);
        return performance.now() - started;
      });
      return Math.min(...rounds);
    };
    // A walk through all operations would be a thousand times slower; the rest is noise of a shared machine.
    expect(time(10_000) / time(10)).toBeLessThan(4);
  });
});

describe('parseUrlTemplate', () => {
  it('refuses a wildcard that is not last', () =>
    expect(() => parseUrlTemplate('/*/x')).toThrow('must be its last segment'));
  it('refuses unbalanced braces', () =>
    expect(() => parseUrlTemplate('/a{b/c')).toThrow('unbalanced'));
});

describe('ApiTable', () => {
  const apis = suite.apis.map((one) => ({
    revision: '1',
    isCurrent: true,
    isOnline: true,
    version: undefined,
    versioning: undefined,
    hosts: undefined,
    ...one,
  }));
  const table = new ApiTable(apis);
  it.each(suite.apiCases)('$name', (one) => {
    const headers = Headers.from(Object.entries(one.headers ?? {}));
    const found = table.find({
      path: one.path,
      host: one.host ?? 'gateway.example',
      headers,
      query: new Query(one.query ?? ''),
    });
    expect(typeof found === 'string' ? found : { api: found.api.id, rest: found.rest }).toEqual(
      one.miss ?? { api: one.api, rest: one.rest },
    );
  });
});
