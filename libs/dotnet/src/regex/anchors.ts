import { isAsciiWord, isBoundaryWord, type CharTest } from './char-class.js';
import type { Instruction, Machine } from './machine.js';
import type { AnchorKind } from './node.js';

const LINE_FEED = 10;

function boundary(isWord: CharTest): (m: Machine) => boolean {
  return (m) => {
    const before = m.pos > m.input.from && isWord(m.text.charCodeAt(m.pos - 1));
    const after = m.pos < m.input.to && isWord(m.text.charCodeAt(m.pos));
    return before !== after;
  };
}

const TESTS: Readonly<Record<AnchorKind, (m: Machine) => boolean>> = {
  start: (m) => m.pos === m.input.from,
  end: (m) => m.pos === m.input.to,
  endOrNewline: (m) =>
    m.pos === m.input.to || (m.pos === m.input.to - 1 && m.text.charCodeAt(m.pos) === LINE_FEED),
  lineStart: (m) => m.pos === m.input.from || m.text.charCodeAt(m.pos - 1) === LINE_FEED,
  lineEnd: (m) => m.pos === m.input.to || m.text.charCodeAt(m.pos) === LINE_FEED,
  previousEnd: (m) => m.pos === m.input.origin,
  boundary: boundary(isBoundaryWord),
  nonBoundary: (m) => !boundary(isBoundaryWord)(m),
  asciiBoundary: boundary(isAsciiWord),
  asciiNonBoundary: (m) => !boundary(isAsciiWord)(m),
};

/** Succeeds without consuming text where the anchor holds. */
export function matchAnchor(kind: AnchorKind): Instruction {
  const test = TESTS[kind];
  return (m) => {
    if (!test(m)) return false;
    m.pc++;
    return true;
  };
}
