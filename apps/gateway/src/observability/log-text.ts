/** Control characters that JSON leaves alone and a terminal obeys, and those that turn the direction of text. */
// oxlint-disable-next-line no-control-regex
const misleading = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text of a caller, backend or policy as a line of the log may hold it: cut to `most` characters, nothing hidden. */
export function logText(text: string, most: number): string {
  const kept = cut(text, most);
  return kept.search(misleading) < 0 ? kept : kept.replace(misleading, shown);
}

/** The same as JSON, which can hold them escaped. */
export function logJson(text: string, most: number): string {
  return JSON.stringify(cut(text, most)).replace(misleading, escaped);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function shown(char: string): string {
  return `<U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`;
}
