import { argumentException } from '../dotnet-error.js';
import { quotedFragment } from './condition.js';
import { asText } from './convert.js';
import { syntaxError } from './liquid-error.js';
import type { TagParser } from './parser.js';
import { renderAll, TextOutput } from './template.js';
import { Int } from './value.js';
import { outputText, parseVariable, valueOf } from './variable.js';

const assignForm = /([\w-]+)\s*=\s*([^]*)\s*/;
const captureForm = /^\s*([\w-]+)/;
const counterForm = /^\s*([\w-]+)/;
const namedCycle = new RegExp(`^(${quotedFragment})\\s*:\\s*([^]*)`);
const cycleItem = new RegExp(`\\s*(${quotedFragment})\\s*`);

const assignTag: TagParser = (markup) => {
  const match = assignForm.exec(markup);
  if (!match)
    throw syntaxError("Syntax Error in 'assign' tag - Valid syntax: assign [var] = [source]");
  const variable = parseVariable(match[2]!);
  return (context) => context.assign(match[1]!, valueOf(variable, context));
};

const captureTag: TagParser = (markup, parser) => {
  const name = captureForm.exec(markup)?.[1];
  if (name === undefined)
    throw syntaxError("Syntax Error in 'capture' tag - Valid syntax: capture [var]");
  const { nodes } = parser.block('capture', ['endcapture']);
  return (context) => {
    const output = new TextOutput(context);
    context.stack(() => renderAll(nodes, context, output));
    context.assign(name, output.toString());
  };
};

function counterTag(name: 'increment' | 'decrement'): TagParser {
  return (markup) => {
    const variable = counterForm.exec(markup)?.[1];
    if (variable === undefined)
      throw syntaxError(`Syntax Error in '${name}' tag - Valid syntax: ${name} [var]`);
    return (context, output) => {
      const held = context.counters.get(variable);
      const before = held instanceof Int ? held.value : 0;
      const shown = name === 'increment' ? before : before - 1;
      context.counters.set(variable, new Int(name === 'increment' ? before + 1 : shown));
      output.write(String(shown));
    };
  };
}

const cycleTag: TagParser = (markup) => {
  const named = namedCycle.exec(markup);
  const items = (named?.[2] ?? markup)
    .split(',')
    .map((part) => cycleItem.exec(part)?.[1])
    .filter((item) => item !== undefined);
  if (items.length === 0)
    throw syntaxError(
      "Syntax Error in 'cycle' tag - Valid syntax: cycle [name :] var [, var2, var3 ...]",
    );
  return (context, output) => {
    const key = `cycle ${named ? (asText(context.resolve(named[1])) ?? '') : items.join(',')}`;
    const position = (context.registers.get(key) as number | undefined) ?? 0;
    output.write(outputText(context.resolve(items[position])));
    context.registers.set(key, (position + 1) % items.length);
  };
};

const commentTag: TagParser = (_markup, parser) => {
  parser.raw('comment');
  return () => {};
};

function rawTag(name: 'raw' | 'literal'): TagParser {
  return (_markup, parser) => {
    const text = parser.raw(name);
    return (_context, output) => output.write(text);
  };
}

// Templates are on their own: there is nothing to include.
const includeTag: TagParser = () => () => {
  throw argumentException('Error - This liquid context does not allow includes');
};

const blockTag: TagParser = (_markup, parser) => {
  const { nodes } = parser.block('block', ['endblock']);
  return (context, output) => context.stack(() => renderAll(nodes, context, output));
};

const paramForm = new RegExp(`(\\w+)\\s*=\\s*(${quotedFragment})`);

// `{% param syntax = 'DotLiquid22' %}` asks for a later syntax level; other settings are let be.
const paramTag: TagParser = (markup) => {
  const match = paramForm.exec(markup);
  if (!match)
    throw syntaxError("Syntax Error in 'param' tag - Valid syntax: param [name] = [value]");
  return (context) => {
    const value = asText(context.resolve(match[2])) ?? '';
    if (match[1]!.toLowerCase() === 'syntax' && /^DotLiquid2(?:1|2|3)/i.test(value))
      context.registers.set('syntax', 'later');
  };
};

/** Tags that set values or write as they are. */
export const valueTags: readonly (readonly [string, TagParser])[] = [
  ['assign', assignTag],
  ['capture', captureTag],
  ['increment', counterTag('increment')],
  ['decrement', counterTag('decrement')],
  ['cycle', cycleTag],
  ['comment', commentTag],
  ['raw', rawTag('raw')],
  ['literal', rawTag('literal')],
  ['include', includeTag],
  ['extends', includeTag],
  ['block', blockTag],
  ['param', paramTag],
];
