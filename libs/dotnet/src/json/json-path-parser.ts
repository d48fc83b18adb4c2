import { DotNetError } from '../dotnet-error.js';
import type { PathFilter } from './json-path-tree.js';
import { PathScanner } from './json-path-scanner.js';
import { parseQuery } from './json-path-query.js';

/** Parses Newtonsoft's JSONPath: `$` may lead, names in brackets have single quotes. */
export function parsePath(text: string): PathFilter[] {
  const scanner = new PathScanner(text);
  scanner.skipBlanks();
  const blanks = text.slice(0, scanner.at);
  if (scanner.ended) return [];
  let filters: PathFilter[] = [];
  let atStart = true;
  if (scanner.char === '$') {
    // A lone `$`, or `$` before a dot or bracket, is the root.
    const next = text.charAt(scanner.at + 1);
    if (next === '' || next === '.' || next === '[') {
      scanner.at++;
      atStart = false;
      if (scanner.ended) return [{ kind: 'root' }];
      filters = [{ kind: 'root' }];
    }
  }
  const steps = parseSteps(scanner, atStart);
  // Blanks before a first name belong to it.
  const [lead] = steps;
  if (atStart && lead?.kind === 'field' && lead.name !== null)
    steps[0] = { kind: 'field', name: blanks + lead.name };
  filters.push(...steps);
  if (!scanner.ended)
    throw scanner.error(`Unexpected character while parsing path: ${scanner.char}`);
  return filters;
}

/** The steps up to the end, or up to what ends an operand of a filter (`inQuery`). */
function parseSteps(scanner: PathScanner, atStart: boolean, inQuery = false): PathFilter[] {
  const filters: PathFilter[] = [];
  let scan = false;
  let needName = false;
  let start = atStart;
  while (!scanner.ended) {
    const { char } = scanner;
    if (char === '[' || char === '(') {
      filters.push(parseIndexer(scanner, char, scan));
      scan = false;
      needName = false;
    } else if (char === '.') {
      scanner.at++;
      if (scanner.char === '.') {
        scan = true;
        scanner.at++;
      }
      needName = true;
    } else if (inQuery && /[\s)=!<>&|]/.test(char)) break;
    else if (char === ' ') {
      scanner.skipBlanks();
      if (!scanner.ended)
        throw scanner.error(`Unexpected character while parsing path:  `.trimEnd() + ' ');
    } else {
      if (!start && !needName)
        throw scanner.error(`Unexpected character following indexer: ${char}`);
      filters.push(fieldFilter(scanner.name(inQuery), scan));
      scan = false;
      needName = false;
    }
    start = false;
  }
  if (needName) throw scanner.error('Unexpected end while parsing path.');
  return filters;
}

function fieldFilter(name: string, scan: boolean): PathFilter {
  const wanted = name === '*' ? null : name;
  return scan ? { kind: 'scan', name: wanted } : { kind: 'field', name: wanted };
}

function parseIndexer(scanner: PathScanner, open: string, scan: boolean): PathFilter {
  scanner.at++;
  const close = open === '[' ? ']' : ')';
  scanner.skipBlanks();
  scanner.requireMore();
  if (scanner.char === "'") return quotedNames(scanner, close, scan);
  if (scanner.char === '?') return queryFilter(scanner, close, scan);
  return arrayIndexer(scanner, close);
}

function quotedNames(scanner: PathScanner, close: string, scan: boolean): PathFilter {
  const names: string[] = [];
  for (;;) {
    const name = scanner.quoted();
    scanner.skipBlanks();
    scanner.requireMore();
    names.push(name);
    if (scanner.char === close) {
      scanner.at++;
      if (names.length > 1) return scan ? { kind: 'scanMany', names } : { kind: 'fields', names };
      return scan ? { kind: 'scan', name } : { kind: 'field', name };
    }
    if (scanner.char !== ',')
      throw scanner.error(`Unexpected character while parsing path indexer: ${scanner.char}`);
    scanner.at++;
    scanner.skipBlanks();
    if (scanner.text[scanner.at] !== "'")
      throw scanner.error(
        `Unexpected character while parsing path indexer: ${scanner.text[scanner.at]}`,
      );
  }
}

function queryFilter(scanner: PathScanner, close: string, scan: boolean): PathFilter {
  scanner.at++;
  scanner.requireMore();
  if (scanner.char !== '(')
    throw scanner.error(`Unexpected character while parsing path indexer: ${scanner.char}`);
  scanner.at++;
  const expression = parseQuery(scanner, parseSteps);
  scanner.at++;
  scanner.requireMore();
  scanner.skipBlanks();
  if (scanner.char !== close)
    throw scanner.error(`Unexpected character while parsing path indexer: ${scanner.char}`);
  scanner.at++;
  return scan ? { kind: 'queryScan', expression } : { kind: 'query', expression };
}

// `*`, a number, numbers by comma, or a slice `a:b:c`.
function arrayIndexer(scanner: PathScanner, close: string): PathFilter {
  const end = scanner.text.indexOf(close, scanner.at);
  const body = scanner.text.slice(scanner.at, end < 0 ? scanner.text.length : end);
  const bad = /[^-\d*,:\s]/.exec(body);
  if (bad) {
    scanner.at += bad.index;
    throw scanner.error(`Unexpected character while parsing path indexer: ${scanner.char}`);
  }
  if (end < 0) {
    scanner.at = scanner.text.length;
    throw scanner.error('Path ended with open indexer.');
  }
  scanner.at = end + 1;
  const parts = body.trim();
  if (parts === '*') return { kind: 'index', index: null };
  if (parts.includes(':')) return slice(scanner, parts);
  if (parts === '') throw scanner.error('Array index expected.');
  const indexes = parts.split(',').map((part) => whole(scanner, part.trim()));
  return indexes.length === 1
    ? { kind: 'index', index: indexes[0]! }
    : { kind: 'indexes', indexes };
}

function slice(scanner: PathScanner, body: string): PathFilter {
  const parts = body.split(':').map((part) => part.trim());
  if (parts.length > 3) throw scanner.error('Unexpected character while parsing path indexer: :');
  const [start, end, step] = parts.map((part) => (part === '' ? null : whole(scanner, part)));
  return { kind: 'slice', start: start ?? null, end: end ?? null, step: step ?? null };
}

function whole(scanner: PathScanner, text: string): number {
  const char = /[^-\d]/.exec(text)?.[0];
  if (text === '' || char !== undefined)
    throw scanner.error(`Unexpected character while parsing path indexer: ${char ?? ','}`);
  if (!/^-?\d+$/.test(text))
    throw new DotNetError(
      'System.FormatException',
      `The input string '${text}' was not in a correct format.`,
    );
  return Number(text);
}
