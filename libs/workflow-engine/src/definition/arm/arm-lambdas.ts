import {
  isArray,
  isObject,
  membersOf,
  objectOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** `lambda('item', …)`: what it gives for its arguments. */
export type Lambda = (...args: readonly WorkflowValue[]) => WorkflowValue;

/** A function of templates that takes lambda expressions; `first` is what it goes through. */
type LambdaFunction = (
  first: WorkflowValue,
  lambdas: readonly [Lambda, ...Lambda[]],
  rest: readonly WorkflowValue[],
) => WorkflowValue;

function items(value: WorkflowValue): readonly WorkflowValue[] {
  return isArray(value) ? value : [];
}

function groups(list: readonly WorkflowValue[], key: Lambda): WorkflowObject {
  const found = new Map<string, WorkflowValue[]>();
  for (const item of list) {
    const name = textOf(key(item));
    const group = found.get(name);
    if (group) group.push(item);
    else found.set(name, [item]);
  }
  return objectOf([...found]);
}

const functions: Readonly<Record<string, LambdaFunction>> = {
  map: (list, [apply]) => items(list).map((item, index) => apply(item, index)),
  filter: (list, [keep]) => items(list).filter((item, index) => keep(item, index) === true),
  reduce: (list, [apply], [start = null]) =>
    items(list).reduce((sum: WorkflowValue, item, index) => apply(sum, item, index), start),
  sort: (list, [isBefore]) =>
    items(list).toSorted((left, right) =>
      isBefore(left, right) === true ? -1 : isBefore(right, left) === true ? 1 : 0,
    ),
  groupBy: (list, [key]) => groups(items(list), key),
  toObject: (list, [key, value]) =>
    objectOf(items(list).map((item) => [textOf(key(item)), value ? value(item) : item] as const)),
  mapValues: (object, [apply]) =>
    isObject(object)
      ? objectOf(membersOf(object).map(([name, value]) => [name, apply(value)] as const))
      : {},
};

/** Functions that take lambda expressions, by name in lower case. */
export const lambdaFunctions: ReadonlyMap<string, LambdaFunction> = new Map(
  Object.entries(functions).map(([name, apply]) => [name.toLowerCase(), apply] as const),
);
