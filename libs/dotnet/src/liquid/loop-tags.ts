import { ListHash } from './bind.js';
import { quotedFragment } from './condition.js';
import type { LiquidContext } from './context.js';
import { toInt } from './convert.js';
import { syntaxError } from './liquid-error.js';
import type { TagParser } from './parser.js';
import { LoopExit, renderAll, type LiquidNode, type Output } from './template.js';
import { Hash, Int, listOf, type LiquidValue } from './value.js';

const loopForm = new RegExp(`(\\w+)\\s+in\\s+((?:${quotedFragment})+)\\s*(reversed)?`);
const attributeForm = new RegExp(`(\\w+)\\s*:\\s*(${quotedFragment})`, 'g');

interface Loop {
  readonly name: string;
  readonly variable: string;
  readonly collection: string;
  readonly reversed: boolean;
  readonly attributes: ReadonlyMap<string, string>;
}

function parseLoop(markup: string, tag: 'for' | 'tablerow'): Loop {
  const match = loopForm.exec(markup);
  if (!match)
    throw syntaxError(`Syntax Error in '${tag}' tag - Valid syntax: ${tag} [item] in [collection]`);
  const attributes = [...markup.matchAll(attributeForm)];
  return {
    name: `${match[1]}-${match[2]}`,
    variable: match[1]!,
    collection: match[2]!,
    reversed: match[3] !== undefined,
    attributes: new Map(attributes.map(([, name, value]) => [name!, value!])),
  };
}

/** What a collection holds; undefined if it is none. */
type ItemsOf = (collection: LiquidValue) => readonly LiquidValue[] | undefined;

const loopItems: ItemsOf = (collection) =>
  collection instanceof ListHash ? collection.items : listOf(collection);

/** In XML an element that stands once is no list: as a JSON array it is one of one item. */
const jsonItems: ItemsOf = (collection) => {
  if (collection === null || collection === '') return undefined;
  return Array.isArray(collection) || collection instanceof ListHash
    ? loopItems(collection)
    : [collection];
};

// The part of the collection that is looped over; undefined if it is none.
function segment(
  loop: Loop,
  context: LiquidContext,
  itemsOf: ItemsOf = loopItems,
): readonly LiquidValue[] | undefined {
  const items = itemsOf(context.resolve(loop.collection));
  if (!items) return undefined;
  const offset = loop.attributes.get('offset');
  const offsets = (context.registers.get('for') ?? new Map()) as Map<string, number>;
  const from =
    offset === 'continue'
      ? (offsets.get(loop.name) ?? 0)
      : offset === undefined
        ? 0
        : toInt(context.resolve(offset));
  const limit = loop.attributes.get('limit');
  const to = limit === undefined ? items.length : from + toInt(context.resolve(limit));
  const part = items.slice(Math.max(from, 0), Math.max(to, 0));
  offsets.set(loop.name, from + part.length);
  context.registers.set('for', offsets);
  return loop.reversed ? part.toReversed() : part;
}

function loopFacts(name: string, index: number, length: number): Hash {
  return new Hash(
    new Map<string, LiquidValue>([
      ['name', name],
      ['length', new Int(length)],
      ['index', new Int(index + 1)],
      ['index0', new Int(index)],
      ['rindex', new Int(length - index)],
      ['rindex0', new Int(length - index - 1)],
      ['first', index === 0],
      ['last', index === length - 1],
    ]),
    true,
  );
}

// One pass; false when `break` ends the loop.
function pass(nodes: readonly LiquidNode[], context: LiquidContext, output: Output): boolean {
  try {
    renderAll(nodes, context, output);
    return true;
  } catch (error) {
    if (!(error instanceof LoopExit)) throw error;
    return error.reason === 'continue';
  }
}

function forTag(name: 'for' | 'JSONArrayFor'): TagParser {
  return (markup, parser) => {
    const loop = parseLoop(markup, 'for');
    const body = parser.block(name, name === 'for' ? ['else', 'endfor'] : [`end${name}`]);
    const otherwise =
      body.end.name === 'else' ? parser.block(name, [`end${name}`]).nodes : undefined;
    const itemsOf = name === 'JSONArrayFor' ? jsonItems : loopItems;
    return (context, output) => {
      const items = segment(loop, context, itemsOf);
      if (!items || items.length === 0) {
        if (otherwise) context.stack(() => renderAll(otherwise, context, output));
        return;
      }
      context.stack(() => {
        for (const [i, item] of items.entries()) {
          context.step();
          context.set(loop.variable, item);
          context.set('forloop', loopFacts(loop.name, i, items.length));
          // The items of a JSON array are separated by commas.
          if (name === 'JSONArrayFor' && i > 0) output.write(',');
          if (!pass(body.nodes, context, output)) break;
        }
      });
    };
  };
}

const tableRowTag: TagParser = (markup, parser) => {
  const loop = parseLoop(markup, 'tablerow');
  const { nodes } = parser.block('tablerow', ['endtablerow']);
  return (context, output) => {
    const items = segment(loop, context);
    if (!items) return;
    const columns = loop.attributes.get('cols');
    const width = columns === undefined ? items.length : toInt(context.resolve(columns));
    output.write('<tr class="row1">\n');
    context.stack(() => {
      let [row, column] = [1, 0];
      for (const [i, item] of items.entries()) {
        column++;
        context.set(loop.variable, item);
        const facts = new Map(loopFacts(loop.name, i, items.length).entries);
        facts.set('col', new Int(column)).set('col0', new Int(column - 1));
        facts.set('col_first', column === 1).set('col_last', column === width);
        context.set('tablerowloop', new Hash(facts, true));
        output.write(`<td class="col${column}">`);
        pass(nodes, context, output);
        output.write('</td>');
        if (column === width && i !== items.length - 1) {
          column = 0;
          output.write(`</tr>\n<tr class="row${++row}">`);
        }
      }
    });
    output.write('</tr>\n');
  };
};

const exit =
  (reason: 'break' | 'continue'): TagParser =>
  () =>
  () => {
    throw new LoopExit(reason);
  };

/** Tags that repeat. */
export const loopTags: readonly (readonly [string, TagParser])[] = [
  ['for', forTag('for')],
  ['JSONArrayFor', forTag('JSONArrayFor')],
  ['tablerow', tableRowTag],
  ['break', exit('break')],
  ['continue', exit('continue')],
];
