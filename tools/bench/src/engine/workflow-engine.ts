import type { Table } from '../report/table.js';
import { measurePairs } from './measure-function.js';
import { workflowPairs } from './workflow-pairs.js';

/** The workflow engine in this process, without sockets and store, against the same work written by hand. */
export async function workflowEngine(): Promise<Table[]> {
  return [
    await measurePairs('workflow-engine', 'workflow engine, processor time', workflowPairs()),
  ];
}
