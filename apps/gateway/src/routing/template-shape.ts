import { decode } from './url-template.js';
import type { TemplateQuery, TemplateSegment, UrlTemplate } from './url-template.js';

/** A segment of a path that parameters are read from. */
export interface Capture {
  /** Its place in the path, from 0. */
  readonly index: number;
  readonly segment:
    | (TemplateSegment & { kind: 'parameter' | 'mixed' })
    | { readonly kind: 'wildcard'; readonly name: string };
}

/** What is left to compare of a template below a place in the tree, and what it reads from a path. */
export interface TemplateShape {
  /** Its segments from that place on; literal ones decoded and in lower case. */
  readonly rest: readonly TemplateSegment[];
  readonly captures: readonly Capture[];
  readonly query: readonly TemplateQuery[];
}

/** The shapes of one API's templates; equal ones are one object. */
export class TemplateShapes {
  readonly #known = new Map<string, TemplateShape>();

  /** The shape of a template whose first segments have been compared. */
  shape({ segments, query }: UrlTemplate, depth: number): TemplateShape {
    const shape: TemplateShape = {
      rest: segments
        .slice(depth)
        .map((segment) =>
          segment.kind === 'literal'
            ? { kind: 'literal', text: decode(segment.text).toLowerCase() }
            : segment,
        ),
      captures: segments.flatMap((segment, index) => captureOf(segment, index) ?? []),
      query,
    };
    const key = JSON.stringify(shape);
    const known = this.#known.get(key);
    if (known) return known;
    this.#known.set(key, shape);
    return shape;
  }
}

function captureOf(segment: TemplateSegment, index: number): Capture | undefined {
  switch (segment.kind) {
    case 'literal':
      return undefined;
    case 'wildcard':
      return segment.name === undefined
        ? undefined
        : { index, segment: { kind: 'wildcard', name: segment.name } };
    case 'parameter':
    case 'mixed':
      return { index, segment };
  }
}
