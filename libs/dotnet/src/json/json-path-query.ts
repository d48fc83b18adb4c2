import { JValue } from './j-value.js';
import type { PathScanner } from './json-path-scanner.js';
import type { PathFilter, QueryExpression, QueryOperand } from './json-path-tree.js';

type ParseSteps = (scanner: PathScanner, atStart: boolean, inQuery?: boolean) => PathFilter[];

// Queries within queries.
const maxDepth = 64;
const operators = ['===', '==', '=~', '!==', '!=', '<>', '<=', '<', '>=', '>'];

/** The condition behind `[?(`; leaves the scanner on its closing bracket. */
export function parseQuery(scanner: PathScanner, steps: ParseSteps): QueryExpression {
  const alternatives: QueryExpression[] = [];
  let together: QueryExpression[] = [];
  for (;;) {
    together.push(parseComparison(scanner, steps));
    scanner.skipBlanks();
    scanner.requireMore();
    if (scanner.char === ')') break;
    if (scanner.take('&&')) continue;
    if (!scanner.take('||'))
      throw scanner.error(`Unexpected character while parsing path query: ${scanner.char}`);
    alternatives.push(all(together));
    together = [];
  }
  alternatives.push(all(together));
  return alternatives.length === 1 ? alternatives[0]! : { kind: 'or', parts: alternatives };
}

function all(parts: QueryExpression[]): QueryExpression {
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
}

function parseComparison(scanner: PathScanner, steps: ParseSteps): QueryExpression {
  const left = operand(scanner, steps);
  scanner.skipBlanks();
  scanner.requireMore();
  if (scanner.char === ')' || scanner.char === '&' || scanner.char === '|')
    return { kind: 'compare', operator: 'exists', left, right: JValue.null() };
  const found = operators.find((operator) => scanner.take(operator));
  if (!found) throw scanner.error('Could not read query operator.');
  const right = operand(scanner, steps);
  return { kind: 'compare', operator: found === '<>' ? '!=' : found, left, right };
}

function operand(scanner: PathScanner, steps: ParseSteps): QueryOperand {
  scanner.skipBlanks();
  if (scanner.char === '@' || scanner.char === '$') {
    const root = scanner.char === '$';
    scanner.at++;
    if (scanner.depth >= maxDepth) throw scanner.error('Path queries are nested too deeply.');
    scanner.depth++;
    const filters = steps(scanner, false, true);
    scanner.depth--;
    return root ? [{ kind: 'root' }, ...filters] : filters;
  }
  const literal = readLiteral(scanner);
  if (literal) return literal;
  throw scanner.error(`Unexpected character while parsing path query: ${scanner.char}`);
}

function readLiteral(scanner: PathScanner): JValue | undefined {
  if (scanner.char === "'") return JValue.string(scanner.quoted());
  if (scanner.char === '/') return JValue.string(regexLiteral(scanner));
  if (scanner.take('true')) return new JValue(true, 'Boolean');
  if (scanner.take('false')) return new JValue(false, 'Boolean');
  if (scanner.take('null')) return JValue.null();
  const number = /-?\d[\w.+-]*/y;
  number.lastIndex = scanner.at;
  const text = number.exec(scanner.text)?.[0];
  if (text === undefined) return undefined;
  scanner.at += text.length;
  if (/^-?\d+$/.test(text)) return JValue.integer(BigInt(text));
  const value = Number(text);
  if (Number.isNaN(value)) throw scanner.error('Could not read query operator.');
  return JValue.float(value);
}

// `/pattern/options`, kept with its slashes.
function regexLiteral(scanner: PathScanner): string {
  const start = scanner.at;
  let end = start + 1;
  while (end < scanner.text.length && scanner.text[end] !== '/')
    end += scanner.text[end] === '\\' ? 2 : 1;
  if (end >= scanner.text.length) throw scanner.error('Path ended with an open regex.');
  end++;
  while (/[imsx]/.test(scanner.text.charAt(end))) end++;
  scanner.at = end;
  return scanner.text.slice(start, end);
}
