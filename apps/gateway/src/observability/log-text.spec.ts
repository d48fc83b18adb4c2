import { describe, expect, it } from '@jest/globals';
import { logJson, logText } from './log-text.js';

describe('logText', () => {
  it('leaves ordinary text alone, also of other scripts', () => {
    expect(logText('añb 漢字 😀\n"quoted"', 100)).toBe('añb 漢字 😀\n"quoted"');
  });

  it('shows what a terminal would obey', () => {
    expect(logText('a\u009b31mb\u007f', 100)).toBe('a<U+009B>31mb<U+007F>');
    expect(logText('x\u202egnp.exe\u2028', 100)).toBe('x<U+202E>gnp.exe<U+2028>');
  });

  it('escapes in JSON, so that nothing is lost', () => {
    expect(logJson('a\u009b\u202e"', 100)).toBe(String.raw`"a\u009b\u202e\""`);
  });

  it('cuts what is longer and says so', () => {
    expect(logText('abcdef', 3)).toBe('abc… (6 characters)');
  });
});
