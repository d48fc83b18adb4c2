/** One piece of a template segment: text, or a parameter. */
type Piece = { readonly text: string } | { readonly parameter: string };

/** A segment of a template. */
export type TemplateSegment =
  | { readonly kind: 'literal'; readonly text: string }
  /** The whole segment is one parameter. */
  | { readonly kind: 'parameter'; readonly name: string }
  /** Text and parameters mixed: "{name}.json". */
  | { readonly kind: 'mixed'; readonly pieces: readonly Piece[]; readonly source: string }
  /** The rest of the path, also an empty one: "*" or "{*rest}". */
  | { readonly kind: 'wildcard'; readonly name: string | undefined };

/** A parameter of the query part: a fixed value tells operations apart, a placeholder captures. */
export type TemplateQuery =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly parameter: string; readonly optional: boolean };

/** A parsed `urlTemplate`. */
export interface UrlTemplate {
  readonly segments: readonly TemplateSegment[];
  readonly query: readonly TemplateQuery[];
}

/** Parses "/items/{id}/*?kind={kind}". Throws an Error that says what is wrong with the template. */
export function parseUrlTemplate(written: string): UrlTemplate {
  // Azure's documentation writes the operation that takes the rest of a SOAP API without "?".
  const template = written.replace(/^\/?soapAction=/i, '/?soapAction=');
  const question = template.indexOf('?');
  const path = (question < 0 ? template : template.slice(0, question)).replace(/^\/+|\/+$/g, '');
  const segments = path === '' ? [] : path.split('/').map(parseSegment);
  const wildcard = segments.findIndex((segment) => segment.kind === 'wildcard');
  if (wildcard >= 0 && wildcard < segments.length - 1) {
    throw new Error(`The wildcard of '${template}' must be its last segment.`);
  }
  const query =
    question < 0
      ? []
      : template
          .slice(question + 1)
          .split('&')
          .filter((part) => part !== '')
          .map(parseQuery);
  return { segments, query };
}

function parseSegment(segment: string): TemplateSegment {
  if (segment === '*') return { kind: 'wildcard', name: undefined };
  const named = /^\{\*([^{}]*)\}$/.exec(segment);
  if (named) return { kind: 'wildcard', name: named[1] === '' ? undefined : named[1] };
  const whole = /^\{([^{}]+)\}$/.exec(segment);
  if (whole?.[1]) return { kind: 'parameter', name: whole[1] };
  if (!/[{}]/.test(segment)) return { kind: 'literal', text: segment };
  const pieces: Piece[] = [];
  const pattern = /\{([^{}]+)\}|([^{}]+)/gy;
  let end = 0;
  for (let match = pattern.exec(segment); match; match = pattern.exec(segment)) {
    pieces.push(match[1] !== undefined ? { parameter: match[1] } : { text: match[2] ?? '' });
    end = pattern.lastIndex;
  }
  if (end !== segment.length) throw new Error(`The segment '${segment}' has unbalanced braces.`);
  return { kind: 'mixed', pieces, source: segment };
}

function parseQuery(part: string): TemplateQuery {
  const equals = part.indexOf('=');
  const name = decode(equals < 0 ? part : part.slice(0, equals));
  const value = equals < 0 ? '' : part.slice(equals + 1);
  const parameter = /^\{(\*?)([^{}]+?)(\??)\}$/.exec(value);
  if (parameter?.[2]) return { name, parameter: parameter[2], optional: parameter[3] === '?' };
  const bare = /^\{([^{}]+)\}$/.exec(name);
  if (bare?.[1]) return { name: bare[1], parameter: bare[1], optional: true };
  return { name, value: decode(value) };
}

/** Matches a mixed segment; each parameter takes as little as it can, at least one character. */
export function matchMixed(
  pieces: readonly Piece[],
  segment: string,
): Map<string, string> | undefined {
  const found = new Map<string, string>();
  let at = 0;
  let open: string | undefined;
  const lower = segment.toLowerCase();
  for (const [index, piece] of pieces.entries()) {
    if ('parameter' in piece) {
      if (open !== undefined) return undefined;
      open = piece.parameter;
      continue;
    }
    const text = piece.text.toLowerCase();
    const last = index === pieces.length - 1;
    const start =
      open === undefined ? at : last ? lower.length - text.length : lower.indexOf(text, at + 1);
    if (start < at + (open === undefined ? 0 : 1) || !lower.startsWith(text, start))
      return undefined;
    if (open !== undefined) found.set(open, segment.slice(at, start));
    open = undefined;
    at = start + text.length;
  }
  if (open !== undefined) {
    if (at >= segment.length) return undefined;
    found.set(open, segment.slice(at));
    at = segment.length;
  }
  return at === segment.length ? found : undefined;
}

/** Percent-decoding; malformed escapes stay as they are. */
export function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
