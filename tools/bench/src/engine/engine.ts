import type { Table } from '../report/table.js';
import { expressionPairs } from './expression-pairs.js';
import { measurePairs } from './measure-function.js';
import { policyPairs } from './policy-pairs.js';
import { workflowPairs } from './workflow-pairs.js';

/** The engines in this process, without sockets and stores, against the same work written by hand. */
export async function engine(): Promise<Table[]> {
  return [
    await measurePairs('engine', 'engines in one process, processor time', [
      ...policyPairs(),
      ...expressionPairs(),
      ...workflowPairs(),
    ]),
  ];
}
