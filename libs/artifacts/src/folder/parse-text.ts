import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ArtifactProblem } from '../resource.js';
import { jsonErrorOffset } from './json-error.js';

/** Collects the mistakes of one folder; reading goes on after each of them. */
export type Report = (problem: ArtifactProblem) => void;

/** Line and column, from 1, of an offset in a text. */
export function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** Reads JSON (a byte order mark is allowed); a mistake is reported with its place. */
export function parseJson(text: string, file: string, report: Report): unknown {
  const content = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const offset = jsonErrorOffset(content);
    const reason = message.replace(
      / \(line \d+ column \d+\)| at position \d+|, \.{0,3}"[\s\S]*(?= is not valid JSON)/g,
      '',
    );
    report({ severity: 'error', message: reason, file, ...position(content, offset) });
    return undefined;
  }
}

/**
 * Reads YAML or JSON by the YAML 1.2 rules; mistakes are reported with their places. A repeated key is a warning: its
 * last value counts, as in JSON readers, and what stood there before is lost.
 */
export function parseYaml(text: string, file: string, report: Report): unknown {
  const content = text.replace(/^\uFEFF/, '');
  const json = plainJson(content);
  if (json !== undefined) return json;
  const lines = new LineCounter();
  const document = parseDocument(content, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  // One slip makes a cascade of errors; the first few show where it is.
  const told = new Set<string>();
  for (const error of document.errors.slice(0, 3)) {
    const at = lines.linePos(error.pos[0]);
    const message = plainMessage(error.message);
    if (told.has(message)) continue;
    told.add(message);
    report({ severity: 'error', message, file, line: at.line, column: at.col });
  }
  if (document.errors.length > 0) return undefined;
  for (const { key, offset } of repeatedKeys(document.contents)) {
    const at = lines.linePos(offset);
    const message = `The key '${key}' is given more than once; its last value counts.`;
    report({ severity: 'warning', message, file, line: at.line, column: at.col });
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    report({ severity: 'error', message, file, line: 1, column: 1 });
    return undefined;
  }
}

/** No description nests like this; what reads it recurses. */
const deepest = 500;

/** JSON without repeated keys, read twenty times as fast as YAML; undefined for what is not that. */
function plainJson(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  let keys = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon) keys++;
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return undefined;
    const below: unknown[] = [];
    for (const node of level) {
      if (typeof node !== 'object' || node === null) continue;
      if (!Array.isArray(node)) keys -= Object.keys(node).length;
      for (const one of Object.values(node)) below.push(one);
    }
    level = below;
  }
  return keys === 0 ? value : undefined;
}

/** What the parser says in terms of its own calls, in terms of the document. */
function plainMessage(message: string): string {
  if (/call stack|stack overflow/i.test(message)) return 'The document is nested too deeply.';
  return message.startsWith('Source contains multiple documents')
    ? 'The file holds more than one YAML document.'
    : message;
}

/** Keys that a mapping has already, in the order of the text; without recursion, for documents of any depth. */
function repeatedKeys(contents: unknown): { key: string; offset: number }[] {
  const repeated: { key: string; offset: number }[] = [];
  const open: unknown[] = [contents];
  while (open.length > 0) {
    const node = open.pop();
    if (isSeq(node)) open.push(...node.items);
    if (!isMap(node)) continue;
    const seen = new Set<string>();
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      open.push(pair.value);
      if (!isScalar(pair.key)) continue;
      const key = String(pair.key.value);
      if (seen.has(key)) repeated.push({ key, offset: pair.key.range?.[0] ?? 0 });
      seen.add(key);
    }
  }
  return repeated.sort((a, b) => a.offset - b.offset);
}

/** Whether a value is a plain object (neither null nor an array). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scalar as text; objects, lists and absent values give "". */
export function scalarText(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
}
