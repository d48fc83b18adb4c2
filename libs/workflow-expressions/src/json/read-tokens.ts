import { Decimal, DotNetError, JsonReader, type JsonToken } from '@isthmus/dotnet';
import { floatOf, integerOf, objectOf, type WorkflowValue } from '../value.js';
import { JsonTextError } from './json-text-error.js';

/** Deeper documents are refused instead of exhausting the stack. */
export const maximumDepth = 512;

/** A container that is being read. */
type Open =
  | { readonly kind: 'array'; readonly items: WorkflowValue[] }
  | { readonly kind: 'object'; readonly members: [string, WorkflowValue][]; name: string };

function scalarOf(value: unknown): WorkflowValue {
  if (typeof value === 'bigint') return integerOf(value) ?? value;
  if (typeof value === 'number') return floatOf(value);
  return typeof value === 'string' || typeof value === 'boolean' || value instanceof Decimal
    ? value
    : null;
}

function sealed(open: Open): WorkflowValue {
  return open.kind === 'array' ? open.items : objectOf(open.members);
}

class ValueReader {
  private readonly reader: JsonReader;
  private readonly open: Open[] = [];
  private last: JsonToken['kind'] | undefined;

  constructor(
    text: string,
    private readonly lenientEnd: boolean,
  ) {
    this.reader = new JsonReader(text, { dates: 'None', maxDepth: maximumDepth, maxTokens: null });
  }

  /** Where the reader stands, for errors. */
  get offset(): number {
    return this.reader.cursor.at;
  }

  value(): WorkflowValue {
    for (;;) {
      const token = this.reader.read();
      const value = token === null ? this.end() : this.take(token);
      if (token !== null && token.kind !== 'Comment') this.last = token.kind;
      if (value === undefined) continue;
      if (!this.lenientEnd) while (this.reader.read() !== null);
      return value;
    }
  }

  /** The text ended: an open container is complete only where the reading is lenient, and only after a value. */
  private end(): WorkflowValue {
    const outermost = this.open[0];
    if (outermost === undefined)
      throw this.reader.cursor.error('Error reading JToken from JsonReader');
    if (!this.lenientEnd || (this.last !== 'Value' && this.last !== 'End')) {
      const kind = outermost.kind === 'array' ? 'JArray' : 'JObject';
      throw this.reader.cursor.error(`Unexpected end of content while loading ${kind}`);
    }
    for (;;) {
      const value = this.close();
      if (value !== undefined) return value;
    }
  }

  /** The whole value when the token completes it. */
  private take(token: JsonToken): WorkflowValue | undefined {
    switch (token.kind) {
      case 'Comment':
        return undefined;
      case 'PropertyName': {
        const open = this.open.at(-1);
        if (open?.kind === 'object') open.name = token.name;
        return undefined;
      }
      case 'Start':
        if (token.container === 'Constructor') {
          throw this.reader.cursor.error('Constructors are not supported');
        }
        this.open.push(
          token.container === 'Array'
            ? { kind: 'array', items: [] }
            : { kind: 'object', members: [], name: '' },
        );
        return undefined;
      case 'Value':
        return this.place(scalarOf(token.value.value));
      case 'End':
        return this.close();
    }
  }

  private close(): WorkflowValue | undefined {
    const open = this.open.pop();
    return open === undefined ? null : this.place(sealed(open));
  }

  private place(value: WorkflowValue): WorkflowValue | undefined {
    const open = this.open.at(-1);
    if (open === undefined) return value;
    if (open.kind === 'array') open.items.push(value);
    else open.members.push([open.name, value]);
    return undefined;
  }
}

/**
 * Reads JSON by Newtonsoft's reader, with all its liberties, without losing the kind of a number.
 * @throws JsonTextError with the reader's message
 */
export function readTokens(text: string, lenientEnd: boolean): WorkflowValue {
  const reader = new ValueReader(text, lenientEnd);
  try {
    return reader.value();
  } catch (error) {
    throw error instanceof DotNetError ? new JsonTextError(error.message, reader.offset) : error;
  }
}
