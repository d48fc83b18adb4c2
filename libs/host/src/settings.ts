import { parseSetting, type SettingDeclaration, type SettingValue } from './setting-values.js';

/** The settings of a service by name; names are camelCase and give `--kebab-case` and `ISTHMUS_SNAKE_CASE`. */
export type SettingsDeclaration = Readonly<Record<string, SettingDeclaration>>;

/** The typed values of a declaration. */
export type Settings<D extends SettingsDeclaration> = {
  readonly [K in keyof D]: SettingValue<D[K]>;
};

/** Settings that are wrong, each told in a sentence that names the setting and where it came from. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Declares settings; the identity function that keeps the literal types. */
export function defineSettings<const D extends SettingsDeclaration>(declaration: D): D {
  return declaration;
}

/** Settings that every service has. */
export const hostSettings = defineSettings({
  environment: {
    kind: 'choice',
    choices: ['development', 'test', 'production'],
    default: 'development',
    env: 'NODE_ENV',
    description: 'development has local defaults; production refuses them',
  },
  host: { kind: 'string', default: '127.0.0.1', description: 'address to listen on' },
  logLevel: {
    kind: 'choice',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    default: 'info',
    description: 'least severe level that is logged',
  },
  drainDelay: {
    kind: 'duration',
    default: 0,
    description:
      'time between readiness off and closing the listeners, so that load balancers notice',
  },
  drainTimeout: {
    kind: 'duration',
    default: 25_000,
    description: 'time that open requests get to end after SIGTERM',
  },
});

/** The environment variable of a setting. */
export function environmentName(name: string, declaration: SettingDeclaration): string {
  return declaration.env ?? `ISTHMUS_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** The command-line flag of a setting. */
export function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What the commands of `isthmus` read; it may stand in the shell that a service is started from. */
const ofCommands: ReadonlySet<string> = new Set(['ISTHMUS_ACCESS_TOKEN', 'ISTHMUS_CLIENT_SECRET']);

/**
 * Reads settings: flags win over environment variables, those over defaults. Unknown flags and
 * unknown `ISTHMUS_*` variables are mistakes, as are missing and malformed values; all are thrown
 * at once as {@link SettingsError}.
 */
export function readSettings<D extends SettingsDeclaration>(
  declaration: D,
  args: readonly string[] = process.argv.slice(2),
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Settings<D> {
  const problems: string[] = [];
  const flags = readFlags(declaration, args, problems);
  const names = new Map(
    Object.entries(declaration).map(([name, entry]) => [environmentName(name, entry), name]),
  );
  for (const variable of Object.keys(environment)) {
    if (variable.startsWith('ISTHMUS_') && !names.has(variable) && !ofCommands.has(variable)) {
      problems.push(`Unknown setting ${variable}${suggestion(variable, [...names.keys()])}`);
    }
  }
  const values: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(declaration)) {
    const variable = environmentName(name, entry);
    const origin = flags.has(name) ? flagName(name) : variable;
    const text = flags.get(name) ?? environment[variable];
    const parsed = parseSetting(entry, text);
    if (parsed.ok) values[name] = parsed.value;
    else problems.push(`Setting ${origin} ${parsed.problem}: ${entry.description}`);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return values as Settings<D>;
}

function readFlags(
  declaration: SettingsDeclaration,
  args: readonly string[],
  problems: string[],
): Map<string, string> {
  const byFlag = new Map(Object.keys(declaration).map((name) => [flagName(name), name]));
  const found = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const [flag, inline] = splitFlag(args[index] ?? '');
    const name = byFlag.get(flag);
    if (name === undefined) {
      problems.push(`Unknown setting ${flag}${suggestion(flag, [...byFlag.keys()])}`);
      continue;
    }
    const next = args[index + 1];
    if (inline !== undefined) found.set(name, inline);
    else if (
      declaration[name]?.kind === 'boolean' &&
      (next === undefined || next.startsWith('--'))
    ) {
      found.set(name, 'true');
    } else if (next === undefined) problems.push(`Setting ${flag} needs a value`);
    else {
      found.set(name, next);
      index += 1;
    }
  }
  return found;
}

function splitFlag(argument: string): [string, string | undefined] {
  const equals = argument.indexOf('=');
  return equals < 0
    ? [argument, undefined]
    : [argument.slice(0, equals), argument.slice(equals + 1)];
}

function suggestion(wrong: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, distance: editDistance(wrong, name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= 3 ? `. Did you mean ${near.name}?` : '. See --help.';
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + cost));
    }
    row = next;
  }
  return row[b.length]!;
}
