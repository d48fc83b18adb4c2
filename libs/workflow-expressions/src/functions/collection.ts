import { countWork } from '@isthmus/dotnet';
import { textOf } from '../text.js';
import { countText } from '../work.js';
import {
  isArray,
  isObject,
  kindOf,
  memberOf,
  membersOf,
  namesOf,
  objectOf,
  spellingOf,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from '../value.js';
import { isEnvelope } from '../envelope.js';
import { arrayAt, integerAt, isNumber, stringAt, wrongKind } from './arguments.js';
import { compareNumbers, deepEquals, equalityKey } from './equality.js';
import { eager, failure, many, type EagerFunction, type WorkflowFunction } from './function.js';
import { compareIgnoringCase } from './ordinal.js';
import { checkLength } from './string.js';

type Sequence = string | WorkflowArray;

/** A string or an array, and a piece of either. */
function sequenceAt(name: string, args: readonly WorkflowValue[], only: boolean): Sequence {
  const value = args[0] as WorkflowValue;
  if (typeof value === 'string' || isArray(value)) return value;
  throw wrongKind(name, only ? undefined : 0, 'an array or a string', value);
}

function countAt(name: string, args: readonly WorkflowValue[], least: number): number {
  const count = integerAt(name, args, 1);
  if (count >= least) return count;
  const expected = least === 0 ? 'a non-negative integer' : 'a positive integer';
  throw failure(
    name,
    `expects its second parameter to be ${expected}. The provided value is '${count}'.`,
  );
}

/** Whether an item of a list equals a value; lists are searched for each item of others, so the usual kinds are quick. */
function holds(list: WorkflowArray, item: WorkflowValue): boolean {
  const isPlain =
    typeof item === 'string' ||
    typeof item === 'boolean' ||
    typeof item === 'number' ||
    item === null;
  if (!isPlain) {
    countWork(list.length);
    return list.some((candidate) => deepEquals(candidate, item));
  }
  const index = indexOf(list);
  if (index) return index.plain.has(item) || index.others.some((other) => deepEquals(other, item));
  countWork(list.length);
  return (
    list.includes(item) ||
    (typeof item === 'number' &&
      list.some((candidate) => typeof candidate === 'object' && deepEquals(candidate, item)))
  );
}

/** The items of a list that is searched again and again. */
interface ListIndex {
  searches: number;
  plain: Set<WorkflowValue>;
  /** Numbers of other kinds, which may equal a plain one. */
  others: WorkflowValue[];
}

const indexes = new WeakMap<WorkflowArray, ListIndex>();
/** Shorter lists, and lists that are not searched more often, are gone through. */
const worthIndexing = 64;
const searchesBefore = 8;

/** Values never change, so what was found out about a list holds as long as the list lives. */
function indexOf(list: WorkflowArray): ListIndex | undefined {
  if (list.length < worthIndexing) return undefined;
  let index = indexes.get(list);
  if (index === undefined) {
    index = { searches: 0, plain: new Set(), others: [] };
    indexes.set(list, index);
  }
  index.searches += 1;
  if (index.searches < searchesBefore) return undefined;
  if (index.searches === searchesBefore) {
    countWork(list.length * 2);
    for (const item of list) {
      if (typeof item !== 'object' || item === null) index.plain.add(item);
      else if (isNumber(item)) index.others.push(item);
    }
  }
  return index;
}

function contains(args: readonly WorkflowValue[]): boolean {
  const [collection = null, item = null] = args;
  if (typeof collection === 'string') {
    if (typeof item === 'string') {
      countText(collection.length);
      return collection.includes(item);
    }
    throw failure(
      'contains',
      `expects its second argument 'value' to be of type string when its first argument is a string. The provided value is of type '${kindOf(item)}'.`,
    );
  }
  if (isArray(collection)) return holds(collection, item);
  if (isObject(collection))
    return spellingOf(collection, stringAt('contains', args, 1)) !== undefined;
  throw failure(
    'contains',
    `expects its first argument 'collection' to be a dictionary (object), an array or a string. The provided value is of type '${kindOf(collection)}'.`,
  );
}

function empty([value = null]: readonly WorkflowValue[]): boolean {
  if (value === null) return true;
  if (typeof value === 'string' || isArray(value)) return value.length === 0;
  if (isObject(value)) return namesOf(value).length === 0;
  throw wrongKind('empty', undefined, 'an object, an array or a string', value);
}

function chunk(args: readonly WorkflowValue[]): WorkflowArray {
  const whole = sequenceAt('chunk', args, false);
  const size = countAt('chunk', args, 1);
  countWork(whole.length >> 3);
  const pieces: Sequence[] = [];
  for (let at = 0; at < whole.length; at += size) pieces.push(whole.slice(at, at + size));
  return pieces;
}

function join(args: readonly WorkflowValue[]): string {
  const items = arrayAt('join', args, 0);
  const separator = stringAt('join', args, 1);
  countWork(items.length);
  const text = items.map(textOf).join(separator);
  countText(text.length);
  checkLength('join', text.length);
  return text;
}

function allArrays(values: readonly WorkflowValue[]): values is readonly WorkflowArray[] {
  return values.every((value) => isArray(value));
}

function allObjects(values: readonly WorkflowValue[]): values is readonly WorkflowObject[] {
  return values.every((value) => isObject(value) && !isEnvelope(value));
}

/** `union` and `intersection`: two or more arrays, or two or more objects. */
function combination(
  name: string,
  arrays: (values: readonly WorkflowArray[]) => WorkflowArray,
  objects: (values: readonly WorkflowObject[]) => WorkflowObject,
): EagerFunction {
  return eager(name, [2, many], (args) => {
    if (allArrays(args)) return arrays(args);
    if (allObjects(args)) return objects(args);
    throw failure(
      name,
      `expects parameters that are all arrays or all objects. Found parameter types: '${args.map(kindOf).join(', ')}'.`,
    );
  });
}

/** The items in first-seen order without those equal to an earlier one. */
function distinct(items: WorkflowArray): WorkflowArray {
  const seen = new Map<string, WorkflowValue>();
  for (const item of items) {
    const key = equalityKey(item);
    if (!seen.has(key)) seen.set(key, item);
  }
  return [...seen.values()];
}

function intersectArrays([first = [], ...others]: readonly WorkflowArray[]): WorkflowArray {
  const sets = others.map((items) => new Set(items.map(equalityKey)));
  return distinct(first).filter((item) => sets.every((set) => set.has(equalityKey(item))));
}

function intersectObjects([first = {}, ...others]: readonly WorkflowObject[]): WorkflowObject {
  return objectOf(
    counted(membersOf(first)).filter(([name, value]) =>
      others.every(
        (other) => Object.hasOwn(other, name) && deepEquals(other[name] as WorkflowValue, value),
      ),
    ),
  );
}

/** A list that is copied or gone through. */
function counted<T extends { readonly length: number }>(list: T): T {
  countWork(list.length);
  return list;
}

/** Of equal names the last value wins, at the place of the first. */
function mergeObjects(objects: readonly WorkflowObject[]): WorkflowObject {
  const merged = new Map<string, WorkflowValue>();
  for (const object of objects) {
    for (const [name, value] of membersOf(object)) merged.set(name, value);
    countWork(merged.size);
  }
  return objectOf(merged);
}

function compareKeys(left: WorkflowValue, right: WorkflowValue): number {
  countWork(2);
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') {
    const ignoringCase = compareIgnoringCase(left, right);
    return ignoringCase === 0 ? (left < right ? -1 : left > right ? 1 : 0) : ignoringCase;
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  throw failure(
    'sort',
    `expects values of one type to sort by. Found values of type '${kindOf(left)}' and '${kindOf(right)}'.`,
  );
}

function sort(args: readonly WorkflowValue[]): WorkflowArray {
  const items = arrayAt('sort', args, 0);
  const name = args.length > 1 ? stringAt('sort', args, 1) : undefined;
  const keyed = items.map((item) => {
    if (name === undefined) return { item, key: item };
    const key = isObject(item) ? memberOf(item, name) : undefined;
    if (key === undefined)
      throw failure('sort', `expects every element to be an object with the property '${name}'.`);
    return { item, key };
  });
  return keyed.sort((left, right) => compareKeys(left.key, right.key)).map(({ item }) => item);
}

/** A piece of a text is a view of it, that of an array a copy. */
function piece(part: Sequence): Sequence {
  return typeof part === 'string' ? part : counted(part);
}

/** Collection functions. `first`, `last`, `take`, `skip` and `chunk` work on strings too. */
export const collectionFunctions: readonly WorkflowFunction[] = [
  eager('contains', [2, 2], contains),
  eager('length', [1, 1], (args) => sequenceAt('length', args, true).length),
  eager('empty', [1, 1], empty),
  eager('first', [1, 1], (args) => {
    const whole = sequenceAt('first', args, true);
    return typeof whole === 'string' ? whole.slice(0, 1) : (whole[0] ?? null);
  }),
  eager('last', [1, 1], (args) => {
    const whole = sequenceAt('last', args, true);
    return typeof whole === 'string' ? whole.slice(-1) : (whole.at(-1) ?? null);
  }),
  eager('take', [2, 2], (args) =>
    piece(sequenceAt('take', args, false).slice(0, countAt('take', args, 0))),
  ),
  eager('skip', [2, 2], (args) =>
    piece(sequenceAt('skip', args, false).slice(countAt('skip', args, 0))),
  ),
  eager('chunk', [2, 2], chunk),
  eager('join', [2, 2], join),
  combination('union', (arrays) => distinct(arrays.flat(1)), mergeObjects),
  combination('intersection', intersectArrays, intersectObjects),
  eager('reverse', [1, 1], (args) => counted(arrayAt('reverse', args, 0)).toReversed()),
  eager('sort', [1, 2], sort),
  eager('array', [1, 1], (args) => [...args]),
  eager('createArray', [1, many], (args) => [...args]),
];
