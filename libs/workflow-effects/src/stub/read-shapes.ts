import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { sampleValue } from './sample-value.js';

/** What the expressions of a definition read of a value: enough to make a value that they can read. */
class ReadShape {
  private readonly members = new Map<string, ReadShape>();
  private element: ReadShape | undefined;
  private fixed: WorkflowValue | undefined;

  member(name: string): ReadShape {
    const known = this.members.get(name) ?? new ReadShape();
    this.members.set(name, known);
    return known;
  }

  /** It is read as an array. */
  item(): ReadShape {
    return (this.element ??= new ReadShape());
  }

  /** A schema or a function says what it is. */
  fix(value: WorkflowValue): void {
    this.fixed ??= value;
  }

  get isRead(): boolean {
    return this.members.size > 0 || this.element !== undefined || this.fixed !== undefined;
  }

  sample(): WorkflowValue {
    if (this.fixed !== undefined) return this.fixed;
    if (this.element) return [this.element.sample()];
    if (this.members.size === 0) return 'text';
    return Object.fromEntries([...this.members].map(([name, shape]) => [name, shape.sample()]));
  }
}

/** What the definition reads of its calls' bodies, by lower-case name of the action; of the trigger under ''. */
export function readShapes(definition: WorkflowObject): ReadonlyMap<string, ReadShape> {
  const reader = new ShapeReader();
  reader.visit(definition, undefined);
  return reader.bodies;
}

const chain =
  /(\w+\()?(body|outputs|triggerBody|triggerOutputs|items|item)\((?:'([^']*)')?\)((?:\??\[(?:'[^']*'|\d+)\]|\??\.\w+)*)/gi;

/** What a function that is applied to a value wants it to be. */
const wanted: Readonly<Record<string, WorkflowValue>> = {
  'int(': '1',
  'float(': '1',
  'json(': '{}',
  // Text that is JSON too: `{}`.
  'base64tostring(': 'e30=',
  'base64tobinary(': 'e30=',
  'decodebase64(': 'e30=',
  'formatdatetime(': '2024-01-31T12:00:00Z',
  'adddays(': '2024-01-31T12:00:00Z',
  'addhours(': '2024-01-31T12:00:00Z',
  'ticks(': '2024-01-31T12:00:00Z',
  'greater(': 1,
  'less(': 1,
  'add(': 1,
  'sub(': 1,
  'mul(': 1,
  'div(': 1,
};
const listFunctions = new Set(['first(', 'last(', 'join(', 'skip(', 'take(', 'sort(', 'reverse(']);

/** The members and, with `#`, the indexes of a chain of selections, in their order. */
function keysOf(selections: string): string[] {
  return [...selections.matchAll(/\['([^']*)'\]|\[(\d+)\]|\.(\w+)/g)].flatMap((key) =>
    (key[1] ?? key[3] ?? (key[2] === undefined ? '' : `#${key[2]}`)).split('/'),
  );
}

/** The names that lead from a trigger's body to what an expression reads of it; undefined when it is no plain path. */
export function triggerPath(expression: string): readonly string[] | undefined {
  const bare = expression.replace(/^@\{(.*)\}$/s, '@$1');
  const [match] = bare.startsWith('@') ? [...bare.matchAll(chain)] : [];
  if (match?.index !== 1 || match[0].length !== bare.length - 1) return undefined;
  const keys = keysOf(match[4] ?? '');
  if (keys.some((key) => key.startsWith('#'))) return undefined;
  const reader = match[2]?.toLowerCase();
  if (reader === 'triggerbody') return keys;
  return reader === 'triggeroutputs' && keys.shift()?.toLowerCase() === 'body' ? keys : undefined;
}

class ShapeReader {
  readonly bodies = new Map<string, ReadShape>();
  private readonly loops = new Map<string, ReadShape>();

  /** @param item what `item()` is here */
  visit(value: WorkflowValue, item: ReadShape | undefined): void {
    if (typeof value === 'string') return this.read(value, item);
    if (isArray(value)) for (const inner of value) this.visit(inner, item);
    if (!isObject(value)) return;
    let inside = item;
    for (const [name, member] of membersOf(value)) {
      const list = ['foreach', 'from'].includes(name.toLowerCase()) && typeof member === 'string';
      if (list) inside = this.whole(member, item)?.item() ?? inside;
    }
    this.parseJson(value, item);
    this.switch(value, item);
    for (const [name, member] of membersOf(value)) {
      // It reads the whole body; all else reads one item of it.
      if (name.toLowerCase() === 'spliton') continue;
      const source = isObject(member) ? memberOf(member, 'foreach') : undefined;
      const items = typeof source === 'string' ? this.whole(source, item)?.item() : undefined;
      if (items) this.loops.set(name.toLowerCase(), items);
      this.visit(member, inside);
    }
  }

  /** The content of a ParseJson action has to fit its schema. */
  private parseJson(action: WorkflowObject, item: ReadShape | undefined): void {
    const inputs = memberOf(action, 'inputs');
    if (memberOf(action, 'type') !== 'ParseJson' || !isObject(inputs)) return;
    const content = memberOf(inputs, 'content');
    const schema = memberOf(inputs, 'schema');
    if (typeof content === 'string' && schema !== undefined)
      this.whole(content, item)?.fix(sampleValue(schema));
  }

  /** What a Switch action reads has the type of its cases: it takes the first of them. */
  private switch(action: WorkflowObject, item: ReadShape | undefined): void {
    const cases = memberOf(action, 'cases');
    const expression = memberOf(action, 'expression');
    const [first] = isObject(cases) ? membersOf(cases) : [];
    const value = first && isObject(first[1]) ? memberOf(first[1], 'case') : undefined;
    if (typeof expression !== 'string' || value === undefined) return;
    if (typeof value !== 'string' || !value.includes('@')) this.whole(expression, item)?.fix(value);
  }

  /** The shape of an expression that is nothing but one value. */
  private whole(text: string, item: ReadShape | undefined): ReadShape | undefined {
    const bare = text.replace(/^@\{(.*)\}$/s, '@$1');
    const [match] = bare.startsWith('@') ? [...bare.matchAll(chain)] : [];
    return match?.index === 1 && match[0].length === bare.length - 1
      ? this.shapeOf(match, item)
      : undefined;
  }

  private read(text: string, item: ReadShape | undefined): void {
    if (!text.includes('@')) return;
    for (const match of text.matchAll(chain)) {
      const shape = this.shapeOf(match, item);
      const applied = match[1]?.toLowerCase() ?? '';
      if (!shape) continue;
      if (listFunctions.has(applied)) shape.item();
      else if (wanted[applied] !== undefined && !shape.isRead) shape.fix(wanted[applied]);
    }
  }

  private shapeOf(match: RegExpMatchArray, item: ReadShape | undefined): ReadShape | undefined {
    const keys = keysOf(match[4] ?? '');
    const root = this.rootOf(match, keys, item);
    return (
      root &&
      keys.reduce((shape, key) => (key.startsWith('#') ? shape.item() : shape.member(key)), root)
    );
  }

  private rootOf(
    match: RegExpMatchArray,
    keys: string[],
    item: ReadShape | undefined,
  ): ReadShape | undefined {
    const name = match[3]?.toLowerCase() ?? '';
    const reader = match[2]?.toLowerCase();
    if (reader === 'body' || reader === 'triggerbody') return this.body(name);
    if (reader === 'items') return this.loops.get(name);
    if (reader === 'item') return item;
    // Of the outputs only the body is made up.
    return keys.shift()?.toLowerCase() === 'body' ? this.body(name) : undefined;
  }

  private body(name: string): ReadShape {
    const known = this.bodies.get(name) ?? new ReadShape();
    this.bodies.set(name, known);
    return known;
  }
}
