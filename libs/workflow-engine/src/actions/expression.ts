import {
  functions,
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { textMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

/** The function and the members of the inputs that give its arguments; optional ones end the list when they are missing. */
const kinds: ReadonlyMap<
  string,
  { readonly function: string; readonly members: readonly string[] }
> = new Map(
  Object.entries({
    currenttime: { function: 'utcNow', members: ['formatString'] },
    addtotime: {
      function: 'addToTime',
      members: ['baseTime', 'interval', 'timeUnit', 'formatString'],
    },
    subtractfromtime: {
      function: 'subtractFromTime',
      members: ['baseTime', 'interval', 'timeUnit', 'formatString'],
    },
    getpasttime: { function: 'getPastTime', members: ['interval', 'timeUnit', 'formatString'] },
    getfuturetime: { function: 'getFutureTime', members: ['interval', 'timeUnit', 'formatString'] },
    converttimezone: {
      function: 'convertTimeZone',
      members: ['baseTime', 'sourceTimeZone', 'destinationTimeZone', 'formatString'],
    },
  }),
);

/** The operations of the Date Time connector: each is a function of the expression language. */
export const expression: ActionType = {
  type: 'Expression',
  start(inputs, scope) {
    const kind = textMember(scope.action.definition, 'kind') ?? '';
    const operation = kinds.get(kind.toLowerCase());
    const known = operation && functions.get(operation.function.toLowerCase());
    if (!operation || known?.kind !== 'eager') {
      return badRequest(
        'InvalidTemplate',
        worded`The kind '${kind}' of an 'Expression' action is not known.`,
      );
    }
    return succeeded({
      body: known.apply(argumentsOf(operation.members, inputs), scope.expressions),
    });
  },
};

function argumentsOf(members: readonly string[], inputs: WorkflowValue): WorkflowValue[] {
  const named: WorkflowObject = isObject(inputs) ? inputs : {};
  const values = members.map((name) => memberOf(named, name));
  while (
    values.length > 0 &&
    (values.at(-1) === undefined || values.at(-1) === null || values.at(-1) === '')
  )
    values.pop();
  return values.map((value) => value ?? null);
}
