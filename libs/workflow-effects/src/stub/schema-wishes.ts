import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { Shape } from './shape.js';

const deepest = 12;

/** Texts of the formats that a ParseJson checks. */
const formats: Readonly<Record<string, string>> = {
  date: '2024-01-31',
  time: '12:00:00',
  email: 'someone@example.com',
  ipv4: '192.0.2.1',
  hostname: 'example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** What a JSON schema says of a value; `$ref` leads to other places of the same schema. */
export function wishOfSchema(shape: Shape, schema: WorkflowValue | undefined): void {
  if (schema !== undefined && isObject(schema)) new SchemaReader(schema).read(shape, schema, 0);
}

class SchemaReader {
  constructor(private readonly document: WorkflowObject) {}

  read(shape: Shape, given: WorkflowValue | undefined, depth: number): void {
    const rules = this.followed(given);
    if (rules === undefined || depth > deepest) return;
    const member = (name: string): WorkflowValue | undefined => memberOf(rules, name);
    const choices = member('enum');
    if (isArray(choices) && choices.length > 0) shape.prefer(choices[0] ?? null);
    const constant = member('const');
    if (constant !== undefined) shape.prefer(constant);
    this.members(shape, rules, depth);
    const declared = member('type');
    const type = isArray(declared) ? declared.find((one) => one !== 'null') : declared;
    if (type === 'array') this.read(shape.item(), member('items'), depth + 1);
    else scalar(shape, type, rules);
    for (const one of listOf(member('allOf'))) this.read(shape, one, depth + 1);
    this.read(shape, listOf(member('anyOf'))[0] ?? listOf(member('oneOf'))[0], depth + 1);
  }

  private members(shape: Shape, rules: WorkflowObject, depth: number): void {
    const properties = memberOf(rules, 'properties');
    if (properties !== undefined && isObject(properties))
      for (const [name, inner] of membersOf(properties))
        this.read(shape.member(unescaped(name)), inner, depth + 1);
    for (const name of listOf(memberOf(rules, 'required')))
      if (typeof name === 'string') shape.member(unescaped(name));
  }

  /** The rules, or those that their `#/…` names. */
  private followed(given: WorkflowValue | undefined): WorkflowObject | undefined {
    let rules = given;
    for (let steps = 0; steps <= deepest; steps++) {
      if (rules === undefined || !isObject(rules)) return undefined;
      const reference = memberOf(rules, '$ref');
      if (typeof reference !== 'string') return rules;
      rules = this.at(reference);
    }
    return undefined;
  }

  private at(reference: string): WorkflowValue | undefined {
    let place: WorkflowValue | undefined = this.document;
    for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
      if (place === undefined || !isObject(place)) return undefined;
      place = memberOf(place, step.replaceAll('~1', '/').replaceAll('~0', '~'));
    }
    return place;
  }
}

function scalar(shape: Shape, type: WorkflowValue | undefined, rules: WorkflowObject): void {
  const number = (name: string): number | undefined => {
    const value = memberOf(rules, name);
    return typeof value === 'number' ? value : undefined;
  };
  if (type === 'integer' || type === 'number') {
    shape.declare('number');
    const least = number('minimum') ?? (number('exclusiveMinimum') ?? 0) + 1;
    if (least > 1) shape.prefer(least);
  } else if (type === 'boolean' || type === 'null') shape.declare(type);
  else if (type === 'string') {
    shape.declare('string').atLeast(number('minLength') ?? 0);
    const format = memberOf(rules, 'format');
    if (format === 'date-time') shape.use('date');
    else if (format === 'uri') shape.use('uri');
    else if (typeof format === 'string' && Object.hasOwn(formats, format))
      shape.prefer(formats[format] ?? null);
  } else if (type === 'object' && !shape.hasMembers) shape.prefer({});
}

function listOf(value: WorkflowValue | undefined): readonly WorkflowValue[] {
  return isArray(value) ? value : [];
}

/** `@@odata.type` stands for `@odata.type` in a definition. */
function unescaped(name: string): string {
  return name.replace(/^@@/, '@');
}
