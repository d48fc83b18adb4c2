interface Declared<T> {
  readonly description: string;
  /** Absent: the setting is required, unless it is `optional`. */
  readonly default?: T;
  readonly optional?: true;
  /** Name of the environment variable where it is not the usual `ISTHMUS_…`. */
  readonly env?: string;
}

/** One setting. Durations are milliseconds, written as `250ms`, `30s`, `5m`, `2h` or plain milliseconds. */
export type SettingDeclaration =
  | ({ readonly kind: 'string' | 'secret' | 'path' } & Declared<string>)
  | ({ readonly kind: 'url' } & Declared<string>)
  | ({ readonly kind: 'port' | 'integer' | 'duration' } & Declared<number>)
  | ({ readonly kind: 'boolean' } & Declared<boolean>)
  | ({ readonly kind: 'list' } & Declared<readonly string[]>)
  | ({ readonly kind: 'choice'; readonly choices: readonly string[] } & Declared<string>);

type Raw<D extends SettingDeclaration> = D extends { kind: 'choice'; choices: readonly (infer C)[] }
  ? C
  : D extends { kind: 'port' | 'integer' | 'duration' }
    ? number
    : D extends { kind: 'boolean' }
      ? boolean
      : D extends { kind: 'list' }
        ? readonly string[]
        : string;

/** The type of a setting's value. */
export type SettingValue<D extends SettingDeclaration> = D extends { optional: true }
  ? Raw<D> | undefined
  : Raw<D>;

type Parsed = { ok: true; value: unknown } | { ok: false; problem: string };

/** Parses the text of one setting; an empty text counts as not given. */
export function parseSetting(declaration: SettingDeclaration, text: string | undefined): Parsed {
  if (text === undefined || text === '') {
    if (declaration.default !== undefined) return { ok: true, value: declaration.default };
    return declaration.optional
      ? { ok: true, value: undefined }
      : { ok: false, problem: 'is required' };
  }
  // A secret's text never stands in a message.
  const shown = declaration.kind === 'secret' ? '' : ` but is '${text}'`;
  const value = convert(declaration, text);
  return value === undefined
    ? { ok: false, problem: `must be ${expected(declaration)}${shown}` }
    : { ok: true, value };
}

function convert(declaration: SettingDeclaration, text: string): unknown {
  switch (declaration.kind) {
    case 'string':
    case 'secret':
    case 'path':
      return text;
    case 'url':
      return URL.canParse(text) ? text : undefined;
    case 'port':
      return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
    case 'integer':
      return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'duration':
      return duration(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'list':
      return listItems(text);
    case 'choice':
      return declaration.choices.includes(text) ? text : undefined;
  }
}

/** Parts between commas; `\\,` is a comma within one. */
function listItems(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((item) => item.replaceAll(String.raw`\,`, ',').trim())
    .filter((item) => item !== '');
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(text: string): number | undefined {
  const match = /^(\d{1,12})(ms|s|m|h)?$/.exec(text);
  return match ? Number(match[1]) * (unitMs[match[2] ?? 'ms'] ?? 1) : undefined;
}

/** What a value of the setting looks like, for messages and help. */
export function expected(declaration: SettingDeclaration): string {
  switch (declaration.kind) {
    case 'string':
      return 'text';
    case 'secret':
      return 'a secret';
    case 'path':
      return 'a path';
    case 'url':
      return 'an absolute URL';
    case 'port':
      return 'a port from 0 (any free one) to 65535';
    case 'integer':
      return 'a whole number';
    case 'duration':
      return 'a duration such as 250ms, 30s or 5m';
    case 'boolean':
      return 'true or false';
    case 'list':
      return 'a comma-separated list';
    case 'choice':
      return `one of ${declaration.choices.join(', ')}`;
  }
}
