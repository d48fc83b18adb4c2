import {
  argumentException,
  argumentNull,
  argumentOutOfRange,
  notSupported,
} from '../dotnet-error.js';

/** How characters and bytes correspond. */
interface Codec {
  readonly encode: (text: string) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => string;
}

const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const utf8: Codec = {
  encode: (text) => Uint8Array.from(Buffer.from(text, 'utf8')),
  decode: (bytes) => utf8Decoder.decode(bytes),
};

/** One byte a character up to `last`; everything else is `?`. */
const singleByte = (last: number): Codec => ({
  encode: (text) =>
    Uint8Array.from(
      Array.from({ length: text.length }, (_, i) => {
        const code = text.charCodeAt(i);
        return code <= last ? code : 0x3f;
      }),
    ),
  decode: (bytes) => {
    let text = '';
    for (const byte of bytes) text += byte <= last ? String.fromCharCode(byte) : '?';
    return text;
  },
});

/** Lone surrogates become U+FFFD. */
const wellFormed = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');

const utf16 = (bigEndian: boolean): Codec => ({
  encode: (text) => {
    const bytes = Buffer.from(wellFormed(text), 'utf16le');
    return Uint8Array.from(bigEndian ? bytes.swap16() : bytes);
  },
  decode: (bytes) => {
    const even = bytes.length - (bytes.length % 2);
    const copy = Buffer.from(bytes.subarray(0, even));
    const text = (bigEndian ? copy.swap16() : copy).toString('utf16le');
    return wellFormed(text) + (even < bytes.length ? '\ufffd' : '');
  },
});

const utf32 = (bigEndian: boolean): Codec => ({
  encode: (text) => {
    const chars = Array.from(wellFormed(text));
    const view = new DataView(new ArrayBuffer(chars.length * 4));
    chars.forEach((char, i) => view.setUint32(i * 4, char.codePointAt(0) ?? 0, !bigEndian));
    return new Uint8Array(view.buffer);
  },
  decode: (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let text = '';
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
      const code = view.getUint32(at, !bigEndian);
      const valid = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
      text += valid ? String.fromCodePoint(code) : '\ufffd';
    }
    return at < bytes.length ? `${text}\ufffd` : text;
  },
});

/** Display name, byte order mark and worst-case size of an encoding. */
interface Shape {
  readonly name: string;
  readonly preamble: readonly number[];
  readonly maxBytes: (chars: number) => number;
}

/** System.Text.Encoding. Invalid input is replaced (U+FFFD or `?`), never refused. */
export class Encoding {
  /** Unchecked: use the static functions. */
  constructor(
    readonly webName: string,
    readonly codePage: number,
    private readonly codec: Codec,
    private readonly shape: Shape,
  ) {}

  get encodingName(): string {
    return this.shape.name;
  }

  static readonly utf8 = new Encoding('utf-8', 65001, utf8, {
    name: 'Unicode (UTF-8)',
    preamble: [0xef, 0xbb, 0xbf],
    maxBytes: (chars) => (chars + 1) * 3,
  });
  static readonly ascii = new Encoding('us-ascii', 20127, singleByte(0x7f), {
    name: 'US-ASCII',
    preamble: [],
    maxBytes: (chars) => chars + 1,
  });
  static readonly latin1 = new Encoding('iso-8859-1', 28591, singleByte(0xff), {
    name: 'Western European (ISO)',
    preamble: [],
    maxBytes: (chars) => chars + 1,
  });
  static readonly unicode = new Encoding('utf-16', 1200, utf16(false), {
    name: 'Unicode',
    preamble: [0xff, 0xfe],
    maxBytes: (chars) => (chars + 1) * 2,
  });
  static readonly bigEndianUnicode = new Encoding('utf-16BE', 1201, utf16(true), {
    name: 'Unicode (Big-Endian)',
    preamble: [0xfe, 0xff],
    maxBytes: (chars) => (chars + 1) * 2,
  });
  static readonly utf32 = new Encoding('utf-32', 12000, utf32(false), {
    name: 'Unicode (UTF-32)',
    preamble: [0xff, 0xfe, 0, 0],
    maxBytes: (chars) => (chars + 1) * 4,
  });
  static readonly utf32BigEndian = new Encoding('utf-32BE', 12001, utf32(true), {
    name: 'Unicode (UTF-32 Big-Endian)',
    preamble: [0, 0, 0xfe, 0xff],
    maxBytes: (chars) => (chars + 1) * 4,
  });

  getBytes(text: string): Uint8Array {
    return this.codec.encode(text);
  }
  getString(bytes: Uint8Array): string {
    return this.codec.decode(bytes);
  }
  getMaxByteCount(chars: number): number {
    if (chars < 0) throw argumentOutOfRange('charCount', 'Non-negative number required.');
    return this.shape.maxBytes(chars);
  }
  getMaxCharCount(bytes: number): number {
    if (bytes < 0) throw argumentOutOfRange('byteCount', 'Non-negative number required.');
    if (this.isSingleByte) return bytes;
    if (this.codePage === 65001) return bytes + 1;
    if (this.codePage === 1200 || this.codePage === 1201) return (bytes >> 1) + (bytes & 1) + 1;
    return (bytes >> 1) + 2;
  }
  /** The byte order mark. */
  getPreamble(): Uint8Array {
    return Uint8Array.from(this.shape.preamble);
  }
  get isSingleByte(): boolean {
    return this.shape.preamble.length === 0;
  }
}

const ENCODINGS = [
  Encoding.utf8,
  Encoding.ascii,
  Encoding.latin1,
  Encoding.unicode,
  Encoding.bigEndianUnicode,
  Encoding.utf32,
  Encoding.utf32BigEndian,
];

const ALIASES: Readonly<Record<string, Encoding>> = {
  'utf-8': Encoding.utf8,
  'unicode-1-1-utf-8': Encoding.utf8,
  'unicode-2-0-utf-8': Encoding.utf8,
  'x-unicode-1-1-utf-8': Encoding.utf8,
  'x-unicode-2-0-utf-8': Encoding.utf8,
  'us-ascii': Encoding.ascii,
  ascii: Encoding.ascii,
  us: Encoding.ascii,
  'ansi_x3.4-1968': Encoding.ascii,
  'iso646-us': Encoding.ascii,
  'iso-8859-1': Encoding.latin1,
  'iso_8859-1': Encoding.latin1,
  iso8859_1: Encoding.latin1,
  'iso8859-1': Encoding.latin1,
  latin1: Encoding.latin1,
  l1: Encoding.latin1,
  'utf-16': Encoding.unicode,
  'utf-16le': Encoding.unicode,
  unicode: Encoding.unicode,
  'ucs-2': Encoding.unicode,
  'iso-10646-ucs-2': Encoding.unicode,
  'utf-16be': Encoding.bigEndianUnicode,
  unicodefffe: Encoding.bigEndianUnicode,
  'utf-32': Encoding.utf32,
  'utf-32le': Encoding.utf32,
  'ucs-4': Encoding.utf32,
  'utf-32be': Encoding.utf32BigEndian,
};

/** `Encoding.GetEncoding(name or code page)`: throws ArgumentException and its kin. */
export function encodingOf(name: string | number | null): Encoding {
  if (name === null) throw argumentNull('name');
  if (typeof name === 'number') return encodingOfCodePage(name);
  const found = Object.hasOwn(ALIASES, name.toLowerCase())
    ? ALIASES[name.toLowerCase()]
    : undefined;
  if (found) return found;
  throw argumentException(
    `'${name}' is not a supported encoding name. For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method.`,
    'name',
  );
}

function encodingOfCodePage(codePage: number): Encoding {
  if (codePage < 0 || codePage > 65535) {
    throw argumentOutOfRange('codepage', 'Valid values are between 0 and 65535, inclusive.');
  }
  const found = ENCODINGS.find((encoding) => encoding.codePage === (codePage || 65001));
  if (found) return found;
  throw notSupported(
    `No data is available for encoding ${codePage}. For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method.`,
  );
}
