import type { DotNetError } from '../dotnet-error.js';
import { equalValues, holds, parseCondition, quotedFragment, type Condition } from './condition.js';
import { syntaxError } from './liquid-error.js';
import type { TagParser, TemplateParser } from './parser.js';
import { renderAll, type LiquidNode } from './template.js';

interface Branch {
  readonly condition: Condition;
  readonly nodes: readonly LiquidNode[];
}

const always: Condition = { kind: 'always' };

function ifTag(name: 'if' | 'unless'): TagParser {
  const fail = (): DotNetError =>
    syntaxError(`Syntax Error in '${name}' tag - Valid syntax: ${name} [expression]`);
  return (markup, parser) => {
    const branches = ifBranches(name, parseCondition(markup, fail), { parser, fail });
    return (context, output) =>
      context.stack(() => {
        const found = branches.find(({ condition }, i) =>
          name === 'unless' && i === 0 ? !holds(condition, context) : holds(condition, context),
        );
        if (found) renderAll(found.nodes, context, output);
      });
  };
}

function ifBranches(
  name: string,
  first: Condition,
  { parser, fail }: { parser: TemplateParser; fail: () => DotNetError },
): Branch[] {
  const branches: Branch[] = [];
  let condition = first;
  for (;;) {
    const { nodes, end } = parser.block(name, ['else', 'elsif', `end${name}`]);
    branches.push({ condition, nodes });
    if (end.name === `end${name}`) return branches;
    condition = end.name === 'else' ? always : parseCondition(end.markup, fail);
  }
}

const caseForm = new RegExp(`(${quotedFragment})`);
const whenForm = new RegExp(
  `(${quotedFragment})(?:(?:\\s+or\\s+|\\s*,\\s*)(${quotedFragment}[^]*))?`,
);

interface When {
  /** Values of which one must be equal; null for `else`. */
  readonly values: readonly string[] | null;
  readonly nodes: readonly LiquidNode[];
}

const caseTag: TagParser = (markup, parser) => {
  const subject = caseForm.exec(markup)?.[1];
  if (subject === undefined)
    throw syntaxError("Syntax Error in 'case' tag - Valid syntax: case [condition]");
  const whens: When[] = [];
  let { end } = parser.block('case', ['when', 'else', 'endcase']);
  while (end.name !== 'endcase') {
    const values = end.name === 'else' ? null : whenValues(end.markup);
    const block = parser.block('case', ['when', 'else', 'endcase']);
    whens.push({ values, nodes: block.nodes });
    ({ end } = block);
  }
  return (context, output) =>
    context.stack(() => {
      let matched = false;
      for (const { values, nodes } of whens) {
        // Every matching `when` is rendered; `else` only without one.
        const fits =
          values === null
            ? !matched
            : values.some((value) => equalValues(context.resolve(subject), context.resolve(value)));
        if (!fits) continue;
        if (values !== null) matched = true;
        renderAll(nodes, context, output);
      }
    });
};

function whenValues(markup: string): string[] {
  const values: string[] = [];
  let rest: string | undefined = markup;
  while (rest) {
    const match = whenForm.exec(rest);
    if (!match)
      throw syntaxError(
        "Syntax Error in 'case' tag - Valid when condition: when [condition] [or condition2...]",
      );
    values.push(match[1]!);
    rest = match[2];
  }
  return values;
}

const ifChangedTag: TagParser = (_markup, parser) => {
  const { nodes } = parser.block('ifchanged', ['endifchanged']);
  return (context, output) =>
    context.stack(() => {
      let text = '';
      renderAll(nodes, context, { write: (part) => (text += part) });
      if (text === context.registers.get('ifchanged')) return;
      context.registers.set('ifchanged', text);
      output.write(text);
    });
};

/** Tags that choose. */
export const branchTags: readonly (readonly [string, TagParser])[] = [
  ['if', ifTag('if')],
  ['unless', ifTag('unless')],
  ['case', caseTag],
  ['ifchanged', ifChangedTag],
];
