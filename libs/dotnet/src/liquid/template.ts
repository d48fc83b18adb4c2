import { DotNetError } from '../dotnet-error.js';
import type { LiquidContext } from './context.js';
import { inlineError } from './liquid-error.js';
import { outputText, valueOf, type Variable } from './variable.js';

/** Where a rendering writes. */
export interface Output {
  write(text: string): void;
}

/** One piece of a template. */
export type LiquidNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly variable: Variable }
  | { readonly kind: 'tag'; readonly render: RenderTag };

export type RenderTag = (context: LiquidContext, output: Output) => void;

/** `break` and `continue` leave the innermost loop. */
export class LoopExit extends Error {
  constructor(readonly reason: 'break' | 'continue') {
    super(reason);
  }
}

/** Collects what is written and counts it. */
export class TextOutput implements Output {
  private readonly parts: string[] = [];

  constructor(private readonly context: LiquidContext) {}

  write(text: string): void {
    this.context.wrote(text.length);
    this.parts.push(text);
  }

  toString(): string {
    return this.parts.join('');
  }
}

/** Renders nodes in order; an error is written in the place of what failed. */
export function renderAll(
  nodes: readonly LiquidNode[],
  context: LiquidContext,
  output: Output,
): void {
  for (const node of nodes) {
    context.step();
    try {
      renderNode(node, context, output);
    } catch (error) {
      if (!(error instanceof DotNetError)) throw error;
      output.write(inlineError(error));
    }
  }
}

function renderNode(node: LiquidNode, context: LiquidContext, output: Output): void {
  switch (node.kind) {
    case 'text':
      output.write(node.text);
      break;
    case 'output':
      output.write(outputText(valueOf(node.variable, context)));
      break;
    case 'tag':
      node.render(context, output);
      break;
  }
}
