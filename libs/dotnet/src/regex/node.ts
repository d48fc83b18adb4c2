import type { CharTest } from './char-class.js';

export type AnchorKind =
  | 'lineStart'
  | 'lineEnd'
  | 'start'
  | 'end'
  | 'endOrNewline'
  | 'previousEnd'
  | 'boundary'
  | 'nonBoundary'
  | 'asciiBoundary'
  | 'asciiNonBoundary';

/** Syntax tree of a pattern. `rtl`: the node consumes text leftwards. */
export type RegexNode =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'char';
      readonly test: CharTest;
      readonly code: number | undefined;
      readonly rtl: boolean;
    }
  | { readonly kind: 'concat'; readonly items: readonly RegexNode[]; readonly rtl: boolean }
  | { readonly kind: 'either'; readonly items: readonly RegexNode[] }
  | {
      readonly kind: 'loop';
      readonly node: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | {
      readonly kind: 'capture';
      readonly node: RegexNode;
      /** -1: a balancing group that only removes a capture. */
      readonly group: number;
      readonly removes: number | undefined;
    }
  | { readonly kind: 'atomic'; readonly node: RegexNode }
  | { readonly kind: 'look'; readonly node: RegexNode; readonly negative: boolean }
  | {
      readonly kind: 'reference';
      readonly group: number;
      readonly ignoreCase: boolean;
      readonly emptyWhenUnset: boolean;
      readonly rtl: boolean;
    }
  | { readonly kind: 'anchor'; readonly anchor: AnchorKind }
  | {
      readonly kind: 'ifGroup';
      readonly group: number;
      readonly yes: RegexNode;
      readonly no: RegexNode;
    }
  | {
      readonly kind: 'ifMatch';
      readonly test: RegexNode;
      readonly yes: RegexNode;
      readonly no: RegexNode;
    };

/** Numbers and names of the groups of a pattern, group 0 included. */
export interface GroupTable {
  /** Ascending. */
  readonly numbers: readonly number[];
  readonly numberOfName: ReadonlyMap<string, number>;
}
