import type { RegexNode } from './node.js';

/** Skips starting positions that cannot match. */
export interface SearchHints {
  /** The next position at or after `at` worth trying; -1 when there is none. */
  readonly next: (text: string, at: number, from: number) => number;
}

/** The first node that must consume or assert something. */
function firstOf(node: RegexNode): RegexNode {
  if (node.kind === 'concat' && !node.rtl && node.items[0]) return firstOf(node.items[0]);
  if (node.kind === 'capture' && node.removes === undefined) return firstOf(node.node);
  if (node.kind === 'atomic') return firstOf(node.node);
  if (node.kind === 'loop' && node.min > 0) return firstOf(node.node);
  return node;
}

/** What the beginning of a pattern tells about where it can match. */
export function searchHints(root: RegexNode): SearchHints {
  const first = firstOf(root);
  if (first.kind === 'anchor' && first.anchor === 'start') {
    return { next: (_text, at, from) => (at === from ? at : -1) };
  }
  if (first.kind === 'char' && !first.rtl) {
    const { code, test } = first;
    if (code !== undefined) {
      const char = String.fromCharCode(code);
      return { next: (text, at) => text.indexOf(char, at) };
    }
    return {
      next: (text, at) => {
        let place = at;
        while (place < text.length && !test(text.charCodeAt(place))) place++;
        return place < text.length ? place : -1;
      },
    };
  }
  return { next: (_text, at) => at };
}
