import { withinResources } from '../within-resources.js';
import { DateTime } from '../dates/date-time.js';
import { parseToken } from '../json/parse.js';
import { buildTree } from '../xml-tree/build-tree.js';
import { bindJson, bindPlain, bindXml } from './bind.js';
import { branchTags } from './branch-tags.js';
import { LiquidContext, type LiquidLimits } from './context.js';
import { loopTags } from './loop-tags.js';
import { TemplateParser, type TagParser } from './parser.js';
import { LoopExit, renderAll, TextOutput } from './template.js';
import type { LiquidValue } from './value.js';
import { valueTags } from './value-tags.js';

const tags: ReadonlyMap<string, TagParser> = new Map([...branchTags, ...loopTags, ...valueTags]);

/** Where a template stands: a policy binds the body as `body`, a workflow as `content`. */
export type LiquidFlavour = 'set-body' | 'workflow';

/** What a rendering may take by default. */
const defaultLiquidLimits: LiquidLimits = { steps: 1_000_000, output: 16_000_000 };

/** What a template is rendered with. */
export interface LiquidInput {
  /** Bound as JSON or XML by its content type; other text is bound if it parses as either. */
  readonly body?: { readonly text: string; readonly contentType: string };
  /** A plain tree: objects, maps, arrays, JSON tokens, scalars. */
  readonly context?: unknown;
  /** Further variables. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What an element with xsi:nil gives; nil by default. */
  readonly xsiNil?: 'blank' | 'null';
  /** Whether JSON strings in the form of a date become dates; true by default. */
  readonly parseDates?: boolean;
  /** The time of the filter `Date` on `now`, and what completes a bare time. */
  readonly now?: DateTime;
  readonly limits?: LiquidLimits;
}

/** A parsed template. */
export interface LiquidTemplate {
  /**
   * Renders. Errors of filters and conditions stand in the text, as DotLiquid has it; a body
   * that does not parse throws, and so does exceeding a limit.
   */
  render(input: LiquidInput): string;
}

/**
 * Parses a template with the behaviour of DotLiquid 2.3 (C# names, its first syntax level) and
 * the `JSONArrayFor` tag; throws SyntaxException. Nothing is ever included from outside.
 */
export function compileLiquid(source: string, flavour: LiquidFlavour): LiquidTemplate {
  const nodes = new TemplateParser(source, tags).document();
  return {
    render: (input) =>
      withinResources(() => {
        const { limits = defaultLiquidLimits, now = DateTime.unixEpoch } = input;
        const context = new LiquidContext(bindingsOf(input, flavour), limits, now);
        const output = new TextOutput(context);
        try {
          renderAll(nodes, context, output);
        } catch (error) {
          // `break` outside of a loop ends the template.
          if (!(error instanceof LoopExit)) throw error;
        }
        return output.toString();
      }),
  };
}

function bindingsOf(input: LiquidInput, flavour: LiquidFlavour): Map<string, LiquidValue> {
  const bindings = new Map<string, LiquidValue>();
  for (const [name, value] of Object.entries(input.variables ?? {}))
    bindings.set(name, bindPlain(value));
  if (input.context !== undefined) bindings.set('context', bindPlain(input.context));
  if (input.body)
    bindings.set(flavour === 'set-body' ? 'body' : 'content', bodyOf(input.body, input));
  return bindings;
}

function bodyOf(
  { text, contentType }: { readonly text: string; readonly contentType: string },
  { parseDates = true, xsiNil = 'null' }: LiquidInput,
): LiquidValue {
  if (text.trim() === '') return null;
  const isXml =
    /[/+]xml\b/i.test(contentType) || (!/[/+]json\b/i.test(contentType) && /^\s*</.test(text));
  if (isXml) return bindXml(buildTree(text, { mergeText: true }), xsiNil);
  return bindJson(parseToken(text, { dates: parseDates ? 'DateTime' : 'None' }));
}
