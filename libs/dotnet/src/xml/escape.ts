import { requireValidChars } from './chars.js';

const textForms: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const attributeForms: Record<string, string> = {
  ...textForms,
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Element text as XmlWriter escapes it; every line end becomes LF. */
export function elementText(text: string): string {
  requireValidChars(text);
  return text.replace(/\r\n?/g, '\n').replace(/[&<>]/g, (char) => textForms[char]!);
}

/** An attribute's value for double quotes; line ends and tabs become character references. */
export function attributeText(text: string): string {
  requireValidChars(text);
  return text.replace(/[&<>"\t\n\r]/g, (char) => attributeForms[char]!);
}

/** A CDATA section; `]]>` inside is split over two sections. */
export function cdataText(text: string): string {
  requireValidChars(text);
  const safe = text.replace(/\r\n?/g, '\n').replaceAll(']]>', ']]]]><![CDATA[>');
  return `<![CDATA[${safe}]]>`;
}

/** A comment; two hyphens in a row and one at the end get a blank. */
export function commentText(text: string): string {
  requireValidChars(text);
  return `<!--${text.replace(/\r\n?/g, '\n').replace(/-(?=-|$)/g, '- ')}-->`;
}

/** A processing instruction. */
export function instructionText(target: string, data: string): string {
  requireValidChars(data);
  const body = data.replace(/\r\n?/g, '\n').replaceAll('?>', '? >');
  return body === '' ? `<?${target}?>` : `<?${target} ${body}?>`;
}
