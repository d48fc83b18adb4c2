import type { Table } from '../report/table.js';
export function workflows(): Promise<Table[]> {
  return Promise.resolve([]);
}
