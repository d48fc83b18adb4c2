import { percentEncoded, Query } from '../../model/query.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { flag, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  template: text({ required: true }),
  'copy-unmatched-params': flag({ default: true }),
};

/** Replaces path and query of the request by a template over the parameters of the operation. */
export const rewriteUri = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'rewrite-uri',
  sections: ['inbound'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const template = compiler.value(config.template);
    const copy = compiler.value(config['copy-unmatched-params']);
    const fixed = template.constant === undefined ? undefined : piecesOf(template.constant.trim());
    return (context) => {
      const { url } = context.request;
      const target = fill(fixed ?? piecesOf(template.evaluate(context).trim()), context);
      const question = target.indexOf('?');
      const path = question < 0 ? target : target.slice(0, question);
      const query = new Query(question < 0 ? '' : target.slice(question));
      if (copy.evaluate(context)) copyUnmatched(url.query, query, context);
      url.resourcePath = normalisePath(path.startsWith('/') ? path : `/${path}`);
      url.query = query;
      if (context.recorder)
        context.record('rewrite-uri', {
          message: 'Updated request URL per specified rewrite template.',
          request: { url: url.toString() },
        });
    };
  },
});

/** A text of a template, or a place for a parameter. */
type Piece = string | { readonly all: string; readonly star: boolean; readonly name: string };

/** A template taken apart at its places. */
function piecesOf(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of template.matchAll(/\{(\*?)([^{}?/]+)\}/g)) {
    const [all, star = '', name = ''] = match;
    if (match.index > end) pieces.push(template.slice(end, match.index));
    pieces.push({ all, star: star === '*', name });
    end = match.index + all.length;
  }
  if (end < template.length || pieces.length === 0) pieces.push(template.slice(end));
  return pieces;
}

/** Puts the matched parameters into their places; unknown names stay as they are. */
function fill(pieces: readonly Piece[], context: PolicyContext): string {
  const { matchedParameters } = context.request;
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    const { all, star, name } = piece;
    const value = matchedParameters.get(name) ?? matchedParameters.get(`*${name}`);
    if (value === undefined) {
      text += name === 'wildcard' ? (wildcardRest(context) ?? all) : all;
      continue;
    }
    const rest =
      value.includes('/') && (star || context.operation?.urlTemplate.includes(`{*${name}}`));
    text += rest ? value.split('/').map(percentEncoded).join('/') : percentEncoded(value);
  }
  return text;
}

/** What `*` at the end of the operation's template stands for, as the caller wrote it. */
function wildcardRest(context: PolicyContext): string | undefined {
  const template = context.operation?.urlTemplate.split('?')[0] ?? '';
  if (!template.endsWith('/*')) return undefined;
  const path = context.request.originalUrl.path.slice(context.frontPath.length);
  return path
    .split('/')
    .slice(template.split('/').length - 1)
    .join('/');
}

/** Query parameters that neither the operation's template nor the new template name. */
function copyUnmatched(from: Query, to: Query, context: PolicyContext): void {
  if (from.isEmpty) return;
  const template = context.operation?.urlTemplate ?? '';
  const question = template.indexOf('?');
  const matched = new Query(question < 0 ? '' : template.slice(question));
  const given = to.clone();
  to.copyFrom(from, (name) => !matched.has(name) && !given.has(name));
}

/** Resolves `.` and `..` (also percent-encoded): the result cannot climb above the backend's base path. */
function normalisePath(path: string): string {
  if (isNormal(path)) return path;
  if (/[\0\r\n#]/.test(path))
    throw new PolicyError('UriInvalid', 'The rewritten URL is not valid.', {
      statusCode: 400,
      message: 'The rewritten URL is not valid.',
    });
  const kept: string[] = [];
  const parts = path.split('/').slice(1);
  for (const [i, part] of parts.entries()) {
    const plain = part.replace(/%2e/gi, '.');
    if (plain === '.' || plain === '..') {
      if (plain === '..') kept.pop();
      if (i === parts.length - 1) kept.push('');
    } else kept.push(part.replaceAll(' ', '%20'));
  }
  return `/${kept.join('/')}`;
}

/** Nothing to resolve, to encode or to refuse, as in most paths. Some that could stay as they are say no here. */
function isNormal(path: string): boolean {
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code <= 0x20 || code === 0x23) return false;
    if (code !== 0x2f) continue;
    const next = path.charCodeAt(at + 1);
    if (next === 0x2e || next === 0x25) return false;
  }
  return true;
}
