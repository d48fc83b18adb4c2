/**
 * The text of a document's bytes, without byte order mark: UTF-16 as the mark says; else what an XML declaration names
 * (`<?xml version="1.0" encoding="iso-8859-1"?>`, XML 1.0 section 4.3.3); else UTF-8.
 */
export function documentText(bytes: Uint8Array): string {
  return new TextDecoder(markedEncoding(bytes) ?? declaredEncoding(bytes) ?? 'utf-8').decode(bytes);
}

function markedEncoding([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : undefined;
}

/** Read from the first bytes, which every encoding of one byte writes alike; a name that nobody knows counts as none. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const name = /^<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)["']/.exec(start)?.[1];
  // A declaration that can be read so is not in UTF-16, whatever it says.
  if (name === undefined || /^utf-?16/i.test(name)) return undefined;
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}
