import { helpText } from './help.js';
import { defineSettings, readSettings, SettingsError } from './settings.js';

const declaration = defineSettings({
  port: { kind: 'port', default: 8080, description: 'port to listen on' },
  catalogUrl: { kind: 'url', optional: true, description: 'base URL of the catalog' },
  wait: { kind: 'duration', default: 1000, description: 'how long to wait' },
  verbose: { kind: 'boolean', default: false, description: 'say more' },
  mode: { kind: 'choice', choices: ['a', 'b'], default: 'a', description: 'which way' },
  key: { kind: 'secret', description: 'the key', env: 'SERVICE_KEY' },
});
const read = (args: string[], environment: Record<string, string> = {}) =>
  readSettings(declaration, args, { SERVICE_KEY: 'k', ...environment });
const problems = (args: string[], environment: Record<string, string> = {}) => {
  try {
    readSettings(declaration, args, environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
};

describe('readSettings', () => {
  it('gives defaults, and undefined for optional settings', () => {
    expect(read([])).toEqual({
      port: 8080,
      catalogUrl: undefined,
      wait: 1000,
      verbose: false,
      mode: 'a',
      key: 'k',
    });
  });

  it('takes environment variables, and flags before them', () => {
    expect(read([], { ISTHMUS_PORT: '1' }).port).toBe(1);
    expect(read(['--port', '2'], { ISTHMUS_PORT: '1' }).port).toBe(2);
    expect(read(['--port=3']).port).toBe(3);
  });

  it.each([
    ['250', 250],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
  ])('reads the duration %s', (text, ms) => {
    expect(read(['--wait', text]).wait).toBe(ms);
  });

  it('takes a boolean flag alone as true', () => {
    expect(read(['--verbose', '--port', '4'])).toMatchObject({ verbose: true, port: 4 });
    expect(read(['--verbose', 'false']).verbose).toBe(false);
  });

  it('names every unknown and wrong setting at once', () => {
    expect(
      problems(['--prot', '1', '--mode', 'c'], { ISTHMUS_CATALOGURL: 'x', ISTHMUS_PORT: '70000' }),
    ).toEqual([
      'Unknown setting --prot. Did you mean --port?',
      'Unknown setting 1. See --help.',
      'Unknown setting ISTHMUS_CATALOGURL. Did you mean ISTHMUS_CATALOG_URL?',
      "Setting ISTHMUS_PORT must be a port from 0 (any free one) to 65535 but is '70000': port to listen on",
      "Setting --mode must be one of a, b but is 'c': which way",
      'Setting SERVICE_KEY is required: the key',
    ]);
  });

  it('does not mind the variables of the commands', () => {
    expect(problems([], { SERVICE_KEY: 'k', ISTHMUS_ACCESS_TOKEN: 't' })).toEqual([]);
  });

  it('takes an escaped comma as a part of an item', () => {
    const list = { items: { kind: 'list', default: [], description: 'items' } } as const;
    expect(readSettings(list, ['--items', String.raw`A=1\,2, B=3,`], {}).items).toEqual([
      'A=1,2',
      'B=3',
    ]);
  });

  it('says when a flag has no value', () => {
    expect(problems(['--port'], { SERVICE_KEY: 'k' })).toEqual(['Setting --port needs a value']);
  });
});

describe('helpText', () => {
  it('lists flag, variable, meaning and default of each setting', () => {
    const text = helpText('thing', 'does things', declaration);
    expect(text).toContain('thing: does things');
    expect(text).toContain('--catalog-url  ISTHMUS_CATALOG_URL\n      base URL of the catalog');
    expect(text).toContain('--key  SERVICE_KEY\n      the key (a secret; required)');
  });
});
