import type { Scope, Section } from '../pipeline/scope.js';
import { PolicyElement, type PolicyCharacters, type PolicyNode } from './policy-element.js';
import type { PolicyProblem, ProblemCode } from './problem.js';
import { scanDocument } from './scan-document.js';

/**
 * `rawxml`: expressions may stand unescaped in attributes and text. `xml`: the same document with expressions
 * escaped. The scanner reads both; the format decides what entities inside C# strings mean.
 */
export type DocumentFormat = 'rawxml' | 'xml';

/** A policy or fragment document as stored. */
export interface PolicySource {
  readonly text: string;
  readonly format?: DocumentFormat;
  /** For messages: file name or fragment id. */
  readonly path?: string;
}

/** A document that was scanned; `text` stays as it was given. */
export class PolicyDocument {
  readonly format: DocumentFormat;
  readonly nodes: readonly PolicyNode[];
  /** Mistakes of the markup itself. */
  readonly problems: readonly PolicyProblem[];
  #lineStarts: number[] | undefined;

  constructor(
    readonly text: string,
    format: DocumentFormat = 'rawxml',
    readonly path?: string,
  ) {
    this.format = format;
    const scanned = scanDocument(text, format);
    this.nodes = scanned.nodes;
    this.problems = scanned.mistakes.map((mistake) =>
      this.problem('xml', mistake.message, mistake),
    );
  }

  static of(source: PolicySource): PolicyDocument {
    return new PolicyDocument(source.text, source.format ?? 'rawxml', source.path);
  }

  /** The first element; usually `policies` or `fragment`. */
  get root(): PolicyElement | undefined {
    return this.roots[0];
  }

  get roots(): PolicyElement[] {
    return this.nodes.filter((node) => node instanceof PolicyElement);
  }

  /** Line and column of an offset, counted from 1. */
  position(offset: number): { line: number; column: number } {
    const starts = (this.#lineStarts ??= lineStartsOf(this.text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  problem(
    code: ProblemCode,
    message: string,
    at: { readonly offset: number; readonly element?: string },
    more: {
      readonly section?: Section | undefined;
      readonly scope?: Scope | undefined;
      readonly hint?: string | undefined;
    } = {},
  ): PolicyProblem {
    return {
      code,
      message,
      ...this.position(at.offset),
      element: at.element ?? '',
      ...(more.section ? { section: more.section } : {}),
      ...(more.scope ? { scope: more.scope } : {}),
      ...(this.path === undefined ? {} : { document: this.path }),
      ...(more.hint ? { hint: more.hint } : {}),
    };
  }
}

/** Writes a document back from its nodes; the same characters as were read. */
export function printVerbatim(document: PolicyDocument): string {
  return document.nodes.map((node) => printNode(node, document.text)).join('');
}

function printNode(node: PolicyNode | PolicyCharacters, text: string): string {
  if (!(node instanceof PolicyElement)) return text.slice(node.start, node.end);
  const inner = node.nodes.map((child) => printNode(child, text)).join('');
  return text.slice(node.start, node.openEnd) + inner + text.slice(node.closeStart, node.end);
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}
