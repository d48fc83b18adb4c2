import { syntaxError } from './liquid-error.js';
import { type LiquidNode, type RenderTag } from './template.js';
import { parseVariable } from './variable.js';

/** How a tag is read: its markup, and the parser for what it encloses. */
export type TagParser = (markup: string, parser: TemplateParser) => RenderTag;

/** A tag inside a block that belongs to it: `else`, `when`, `endif` … */
export interface InnerTag {
  readonly name: string;
  readonly markup: string;
}

// An output ends at the first `}}` outside of quotes.
const tokenForm =
  /\{%[^]*?%\}|\{\{(?:[^'"}]|'[^']*'|"[^"]*"|\}(?!\}))*\}\}|\{\{[^]*?(?:\}\}?|$)|\{%/g;
const tagForm = /^\{%\s*(\w+)\s*([^]*?)%\}$/;
const outputForm = /^\{\{((?:[^'"}]|'[^']*'|"[^"]*"|\}(?!\}))*)\}\}$/;
const maxNesting = 100;

/** Reads a template's tokens; a tag that is unknown where it stands is a SyntaxException. */
export class TemplateParser {
  private readonly tokens: string[];
  private at = 0;
  private nesting = 0;

  constructor(
    source: string,
    private readonly tags: ReadonlyMap<string, TagParser>,
  ) {
    this.tokens = tokenize(source);
  }

  /** The whole template. */
  document(): LiquidNode[] {
    const { nodes, end } = this.nodes(new Set());
    if (end) throw syntaxError(`Unknown tag '${end.name}'`);
    return nodes;
  }

  /** The nodes up to one of the block's own tags, which is given too. */
  block(name: string, inner: readonly string[]): { nodes: LiquidNode[]; end: InnerTag } {
    if (++this.nesting > maxNesting) throw syntaxError('Nesting too deep');
    const { nodes, end } = this.nodes(new Set(inner));
    this.nesting--;
    if (!end) throw syntaxError(`${name} tag was never closed`);
    return { nodes, end };
  }

  /** The text up to `{% end… %}` as it was written. */
  raw(name: string): string {
    const end = new RegExp(`^\\{%\\s*end${name}\\s*%\\}$`);
    let text = '';
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at++]!;
      if (end.test(token)) return text;
      text += token;
    }
    throw syntaxError(`${name} tag was never closed`);
  }

  private nodes(inner: ReadonlySet<string>): { nodes: LiquidNode[]; end: InnerTag | null } {
    const nodes: LiquidNode[] = [];
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at++]!;
      if (token.startsWith('{%')) {
        const { name, markup } = tagOf(token);
        if (inner.has(name)) return { nodes, end: { name, markup } };
        const parse = this.tags.get(name);
        if (!parse) throw syntaxError(`Unknown tag '${name}'`);
        nodes.push({ kind: 'tag', render: parse(markup, this) });
      } else if (token.startsWith('{{')) nodes.push(outputNode(token));
      else nodes.push({ kind: 'text', text: token });
    }
    return { nodes, end: null };
  }
}

// Hyphens inside the brackets take the white space beside them: blanks before, a line end or
// blanks behind.
function tokenize(source: string): string[] {
  const trimmed = source
    .replace(/([ \t]+)?(\{\{|\{%)-/g, '$2')
    .replace(/-(\}\}|%\})(\n|\r\n|[ \t]+)?/g, '$1');
  const tokens: string[] = [];
  let last = 0;
  for (const match of trimmed.matchAll(tokenForm)) {
    if (match.index > last) tokens.push(trimmed.slice(last, match.index));
    tokens.push(match[0]);
    last = match.index + match[0].length;
  }
  if (last < trimmed.length) tokens.push(trimmed.slice(last));
  return tokens;
}

function tagOf(token: string): InnerTag {
  const match = tagForm.exec(token);
  if (match) return { name: match[1]!, markup: match[2]! };
  throw syntaxError(`Tag '${token}' was not properly terminated with regexp: (?-mix:%\\})`);
}

function outputNode(token: string): LiquidNode {
  const match = outputForm.exec(token);
  if (!match)
    throw syntaxError(
      `Variable '${token}' was not properly terminated with regexp: (?-mix:\\}\\})`,
    );
  return { kind: 'output', variable: parseVariable(match[1]!) };
}
