import {
  isArray,
  isObject,
  kindOf,
  memberOf,
  workDone,
  WorkflowExpressionError,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { badRequest } from '../run/template-failure.js';
import { worded } from '../run/worded.js';
import type { ActionResult, Finished, Unfinished } from './action-type.js';

/** The member `from` of the definition's inputs, which Query, Select, Table and Join go through. */
export function fromOf(definition: WorkflowObject): WorkflowObject {
  const inputs = memberOf(definition, 'inputs');
  return { from: isObject(inputs) ? (memberOf(inputs, 'from') ?? null) : null };
}

/** The definition's inputs, as they stand there. */
export function definedInputs(definition: WorkflowObject): WorkflowObject {
  const inputs = memberOf(definition, 'inputs');
  return isObject(inputs) ? inputs : {};
}

/** The evaluated `from`; where it is no array, how the action fails. @param type as it is named in messages */
export function listOf(inputs: WorkflowValue, type: string): WorkflowArray | Finished {
  const from = isObject(inputs) ? (memberOf(inputs, 'from') ?? null) : null;
  if (isArray(from)) return from;
  return badRequest(
    'InvalidTemplate',
    worded`The 'from' property value in the '${type}' action inputs is of type '${kindOf(from)}'. The value must be of type 'Array'.`,
  );
}

export function isList(list: WorkflowArray | Finished): list is WorkflowArray {
  return Array.isArray(list);
}

/** Steps after which a list gives way to other runs: some hundredths of a second. */
const stepsOfTurn = 1_000_000;
/** Steps that an action may take for all items of its list: about a minute. */
const stepsOfList = 1_000_000_000;
/** Steps of an item beside what is evaluated for it. */
const stepsOfItem = 8;

/**
 * Evaluates something for each item of a list, in as many turns as it takes.
 * @param visit how the action fails at an item; undefined to go on
 * @param end what comes of it
 * @throws WorkflowExpressionError when all items together take too much work
 */
export function throughList(
  list: WorkflowArray,
  visit: (item: WorkflowValue) => Finished | undefined,
  end: () => ActionResult,
): ActionResult | Unfinished {
  let at = 0;
  let steps = 0;
  const goOn = (): ActionResult | Unfinished => {
    const before = workDone() + stepsOfItem * at;
    let taken = 0;
    while (at < list.length) {
      const failed = visit(list[at]!);
      if (failed) return failed;
      at += 1;
      taken = workDone() + stepsOfItem * at - before;
      if (taken < stepsOfTurn || at === list.length) continue;
      steps += taken;
      if (steps > stepsOfList) throw tooMuch();
      return { kind: 'unfinished', goOn };
    }
    return end();
  };
  return goOn();
}

function tooMuch(): WorkflowExpressionError {
  return new WorkflowExpressionError(
    `The items of the list take more than ${stepsOfList} steps to evaluate.`,
  );
}
