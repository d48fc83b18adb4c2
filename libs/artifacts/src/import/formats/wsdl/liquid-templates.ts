import { listOf } from './xsd-shapes.js';
import type { Field } from './xsd-shapes.js';

const envelopes = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;

/** "getOrder" for "GetOrder": members of JSON begin in lower case. */
export function jsonName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** The Liquid template that makes the envelope of a request out of its JSON, which has a member for each element. */
export function requestTemplate(elements: readonly Field[], soap: '1.1' | '1.2'): string {
  const open = `<soap:Envelope xmlns:soap="${envelopes[soap]}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`;
  const writer = new RequestWriter();
  for (const element of elements)
    writer.element({ ...element, optional: false }, `body.${jsonName(element.name)}`, '', 4);
  return `      ${open}
        <soap:Body>
${writer.lines.join('\n')}
        </soap:Body>
      </soap:Envelope>`;
}

class RequestWriter {
  readonly lines: string[] = [];
  #loops = 0;

  /** `outer`: the default namespace that is in force. */
  element(field: Field, path: string, outer: string, depth: number): void {
    const { namespace, shape } = field;
    const tag = namespace === outer ? field.name : `${field.name} xmlns="${namespace}"`;
    const list = listOf(field);
    if (field.many) return this.#repeat({ ...field, many: false }, path, outer, depth);
    if (shape.kind !== 'object') return this.#value(field, tag, path, depth);
    this.#line(depth, `<${tag}>`);
    if (list) this.#repeat({ ...list, many: false }, path, namespace, depth + 1);
    else for (const one of shape.fields) this.#child(one, path, namespace, depth + 1);
    this.#line(depth, `</${field.name}>`);
  }

  #child(field: Field, path: string, outer: string, depth: number): void {
    const own = `${path}.${jsonName(field.name)}`;
    const isWhole = field.shape.kind === 'object' && field.optional;
    if (isWhole) this.#line(depth, `{% if ${own} != nil %}`);
    this.element(field, own, outer, depth);
    if (isWhole) this.#line(depth, '{% endif %}');
  }

  #repeat(field: Field, path: string, outer: string, depth: number): void {
    const item = `item${++this.#loops}`;
    this.#line(depth, `{% for ${item} in ${path} %}`);
    this.element({ ...field, optional: false }, item, outer, depth);
    this.#line(depth, '{% endfor %}');
  }

  /** A value that is missing is nil, or not there where it need not be. */
  #value(
    { name, optional, nillable, shape }: Field,
    tag: string,
    path: string,
    depth: number,
  ): void {
    const missing = nillable || !optional ? `{% else %}<${tag} xsi:nil="true"/>` : '';
    this.#line(
      depth,
      `{% if ${path} != nil %}<${tag}>{{${path} | ${shape.kind === 'boolean' ? 'Downcase' : 'Escape'}}}</${name}>${missing}{% endif %}`,
    );
  }

  #line(depth: number, text: string): void {
    this.lines.push(`${'  '.repeat(depth + 1)}${text}`);
  }
}

/** The Liquid template that makes JSON of an answer's envelope. */
export function responseTemplate(elements: readonly Field[]): string {
  const writer = new ResponseWriter();
  const members = elements.map((element) => {
    const path = `body.envelope.body.${element.name}`;
    return `            "${jsonName(element.name)}": ${writer.value({ ...element, many: false }, path, 5)}`;
  });
  return `          {\n${members.join(',\n')}\n          }`;
}

/** Backslashes first: what comes after makes more of them. Patterns are regular expressions. */
const textFilters = [
  ['\\\\', '\\\\'],
  ['"', '\\"'],
  ['\\r', '\\r'],
  ['\\n', '\\n'],
  ['\\t', '\\t'],
]
  .map(([from, to]) => `Replace: '${from}', '${to}'`)
  .join(' | ');

class ResponseWriter {
  #loops = 0;

  value(field: Field, path: string, depth: number): string {
    const list = listOf(field);
    if (list) return this.#list({ ...list, many: false }, path, depth);
    if (field.many) return this.#list({ ...field, many: false }, path, depth);
    if (field.shape.kind === 'object') {
      if (field.shape.fields.length === 0) return '{}';
      const pad = '  '.repeat(depth + 2);
      const members = field.shape.fields.map(
        (one) =>
          `${pad}"${jsonName(one.name)}": ${this.value(one, `${path}.${one.name}`, depth + 1)}`,
      );
      return `{\n${members.join(',\n')}\n${'  '.repeat(depth + 1)}}`;
    }
    const text = field.shape.kind === 'text' ? `"{{${path} | ${textFilters}}}"` : `{{${path}}}`;
    return `{% if ${path} %}${text}{% else %}null{% endif %}`;
  }

  #list(field: Field, path: string, depth: number): string {
    const item = `item${++this.#loops}`;
    const pad = '  '.repeat(depth + 1);
    const one = this.value(field, item, depth + 1);
    return `[\n${pad}  {% JSONArrayFor ${item} in ${path} -%}\n${pad}  ${one}\n${pad}  {% endJSONArrayFor -%}\n${pad}]`;
  }
}
