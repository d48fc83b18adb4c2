import { Decimal } from '@isthmus/dotnet';
import {
  Float,
  isArray,
  isObject,
  membersOf,
  objectOf,
  parseJson,
  writeJson,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { RunEvent } from './events.js';

/** What JSON cannot say of a number stands in an object with this one member. */
const mark = '$isthmus:number';

/** An event as JSON text for a journal. {@link readEvent} gives the same event back, numbers in their kinds. */
export function writeEvent(event: RunEvent): string {
  return writeJson(marked(event as unknown as WorkflowValue));
}

/** The event of a journal's text. @throws JsonTextError when the text is none */
export function readEvent(text: string): RunEvent {
  const value = parseJson(text);
  return (text.includes(mark) ? unmarked(value) : value) as unknown as RunEvent;
}

function marked(value: WorkflowValue): WorkflowValue {
  if (value instanceof Decimal) return { [mark]: `decimal ${value.toString()}` };
  const number = value instanceof Float ? value.value : value;
  if (typeof number === 'number' && (!Number.isFinite(number) || Object.is(number, -0))) {
    return { [mark]: `float ${Object.is(number, -0) ? '-0' : String(number)}` };
  }
  if (isArray(value)) return mapped(value);
  if (!isObject(value)) return value;
  const members = membersOf(value).filter(([, member]) => member !== undefined);
  // A user's object of that form is told apart by a second layer.
  if (members.length === 1 && members[0]?.[0].startsWith(mark)) {
    return { [`${members[0][0]}:`]: marked(members[0][1]) };
  }
  const changed = members.map(([name, member]) => [name, marked(member)] as const);
  return changed.every(([name, member]) => value[name] === member) ? value : objectOf(changed);
}

function mapped(items: readonly WorkflowValue[]): readonly WorkflowValue[] {
  const changed = items.map(marked);
  return changed.every((item, index) => item === items[index]) ? items : changed;
}

function unmarked(value: WorkflowValue): WorkflowValue {
  if (isArray(value)) return value.map(unmarked);
  if (!isObject(value)) return value;
  const members = membersOf(value);
  const [name, content] = members[0] ?? [];
  if (members.length === 1 && name?.startsWith(mark)) {
    if (name !== mark) return { [name.slice(0, -1)]: unmarked(content ?? null) };
    const [kind = '', text = ''] = String(content as string).split(' ');
    return kind === 'decimal' ? Decimal.fromLiteral(text) : new Float(Number(text));
  }
  return objectOf(members.map(([key, member]) => [key, unmarked(member)] as const));
}
