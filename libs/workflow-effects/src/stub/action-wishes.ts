import { isArray, isObject, memberOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import { wishOfSchema } from './schema-wishes.js';
import { Shape, type Use } from './shape.js';

/** How the values of inputs lead to shapes. */
export interface InputReader {
  /** Of a value that is one expression. */
  whole(value: WorkflowValue | undefined): Shape | undefined;
  /** Of what a text begins with. */
  leading(value: WorkflowValue | undefined): Shape | undefined;
  variable(name: string): Shape;
}

/** By type in lower case and member of the inputs: what an action wants it to be. */
const uses: Readonly<Record<string, Readonly<Record<string, Use>>>> = {
  xslt: { content: 'xml' },
  xmlvalidation: { content: 'xml' },
  xmlparse: { content: 'xml' },
  flatfileencoding: { content: 'xml' },
  expression: { baseTime: 'date', interval: 'number' },
  response: { statusCode: 'number' },
  incrementvariable: { value: 'number' },
  decrementvariable: { value: 'number' },
};

const ofVariables: Readonly<Record<string, Use>> = {
  integer: 'number',
  float: 'number',
  boolean: 'boolean',
  string: 'string',
  array: 'list',
};

/** What an action of a type wants of its inputs, beside what the expressions in them say. */
export function wishOfInputs(type: string, inputs: WorkflowValue, reader: InputReader): void {
  if (!isObject(inputs)) return;
  const member = (name: string): WorkflowValue | undefined => memberOf(inputs, name);
  for (const [name, use] of Object.entries((Object.hasOwn(uses, type) && uses[type]) || {}))
    reader.whole(member(name))?.use(use);
  reader.leading(member('uri'))?.use('uri');
  if (member('uri') !== undefined) reader.whole(member('method'))?.prefer('GET');
  if (type === 'response') reader.whole(member('statusCode'))?.prefer(200);
  if (type === 'terminate') reader.whole(member('runStatus'))?.prefer('Succeeded');
  if (type === 'expression') reader.whole(member('timeUnit'))?.prefer('Day');
  const content = type === 'parsejson' ? reader.whole(member('content')) : undefined;
  if (content) wishOfSchema(content, member('schema'));
  if (type === 'wait') wait(member('interval'), member('until'), reader);
  variables(type, inputs, reader);
}

function wait(
  interval: WorkflowValue | undefined,
  until: WorkflowValue | undefined,
  reader: InputReader,
): void {
  if (interval !== undefined && isObject(interval)) {
    reader.whole(memberOf(interval, 'count'))?.use('number');
    reader.whole(memberOf(interval, 'unit'))?.prefer('Second');
  }
  if (until !== undefined && isObject(until))
    reader.whole(memberOf(until, 'timestamp'))?.use('date');
}

/** A variable is what it is set to: what is wanted of one is wanted of the other. */
function variables(type: string, inputs: WorkflowValue, reader: InputReader): void {
  if (!isObject(inputs)) return;
  const name = memberOf(inputs, 'name');
  const value = reader.whole(memberOf(inputs, 'value'));
  if (typeof name === 'string' && value) {
    if (type === 'setvariable') reader.variable(name).join(value);
    else if (type === 'appendtoarrayvariable') reader.variable(name).item().join(value);
  }
  const declared = type === 'initializevariable' ? memberOf(inputs, 'variables') : undefined;
  for (const one of isArray(declared) ? declared : []) {
    const variable = isObject(one) ? memberOf(one, 'name') : undefined;
    if (!isObject(one) || typeof variable !== 'string') continue;
    const shape = reader.variable(variable);
    const kind = memberOf(one, 'type');
    const use =
      typeof kind === 'string' && Object.hasOwn(ofVariables, kind.toLowerCase())
        ? ofVariables[kind.toLowerCase()]
        : undefined;
    if (use) shape.use(use);
    reader.whole(memberOf(one, 'value'))?.join(shape);
  }
}
