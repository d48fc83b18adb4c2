import { PolicyDocument, type DocumentFormat } from './policy-document.js';
import { decodeValue, PolicyElement, type PolicyNode } from './policy-element.js';
import { startsExpression } from './scan-expression.js';

/** A piece of a document and what takes its place. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The document in the format `xml`: expressions escaped, so that any XML reader takes it. Everything else stays as
 * written, character by character.
 */
export function toXml(text: string): string {
  const document = new PolicyDocument(text, 'rawxml');
  return replaced(text, replacements(document, 'rawxml', escape));
}

/**
 * The document in the format `rawxml`: expressions as they are written in C#. A value that could then be read as
 * something else stays escaped, which `rawxml` may be.
 */
export function toRawxml(text: string): string {
  const document = new PolicyDocument(text, 'xml');
  const all = replacements(document, 'xml', (value) => value);
  const means = meaning(document);
  const isSame = (made: string): boolean => meaning(new PolicyDocument(made, 'rawxml')) === means;
  const whole = replaced(text, all);
  if (isSame(whole)) return whole;
  const kept: Replacement[] = [];
  for (const one of all) if (isSame(replaced(text, [...kept, one]))) kept.push(one);
  return replaced(text, kept);
}

/** Attributes and texts that are expressions, written anew where that makes them differ. */
function replacements(
  { text, nodes }: PolicyDocument,
  format: DocumentFormat,
  write: (value: string, quote: string | undefined) => string,
): Replacement[] {
  const found: Replacement[] = [];
  const add = (start: number, end: number, quote: string | undefined): void => {
    const raw = text.slice(start, end);
    const value = decodeValue(raw, quote, format);
    if (!startsExpression(value.trimStart(), 0)) return;
    const made = write(value, quote);
    const lines = raw.includes('\r\n') ? made.replaceAll('\n', '\r\n') : made;
    if (lines !== raw) found.push({ start, end, text: lines });
  };
  const walk = (list: readonly PolicyNode[]): void => {
    for (const node of list) {
      if (!(node instanceof PolicyElement)) {
        if (node.kind === 'text') add(node.start, node.end, undefined);
        continue;
      }
      for (const { offset, end } of node.attributes) add(offset, end, text[offset - 1]);
      walk(node.nodes);
    }
  };
  walk(nodes);
  return found.sort((a, b) => a.start - b.start);
}

function replaced(text: string, list: readonly Replacement[]): string {
  let made = '';
  let from = 0;
  for (const { start, end, text: piece } of list) {
    made += text.slice(from, start) + piece;
    from = end;
  }
  return made + text.slice(from);
}

function escape(value: string, quote: string | undefined): string {
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (quote === '"') return text.replaceAll('"', '&quot;');
  return quote === "'" ? text.replaceAll("'", '&apos;') : text;
}

/** What a document says, whatever its format: names, values, texts. */
function meaning({ nodes, problems }: PolicyDocument): string {
  const said = (node: PolicyNode): unknown =>
    node instanceof PolicyElement
      ? [
          node.name,
          node.attributes.map(({ name, text }) => [name, text]),
          node.nodes.length > 0 && node.children.length === 0 ? node.content.text : null,
          node.nodes.map(said),
        ]
      : node.kind;
  return JSON.stringify([nodes.map(said), problems.length]);
}
