import type { WorkflowObject } from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';
import type { Branch } from './action-type.js';

/** The branch whose actions stand in the member `actions` of an object; empty where there is none. */
export function branchOf(name: string, holder: WorkflowObject | undefined): Branch {
  return { name, actions: (holder && objectMember(holder, 'actions')) ?? {} };
}
