import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

/** The sources below some folders, without specs. */
function sourcesOf(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .map((file) => readFileSync(join(root, folder, file), 'utf8')),
  );
}

/** `src` folders of all projects of a kind. */
function projects(kind: 'apps' | 'libs'): string[] {
  return readdirSync(join(root, kind))
    .map((name) => `${kind}/${name}/src`)
    .filter((folder) => existsSync(join(root, folder)));
}

/** First column of the tables of one section of the page. */
function listed(heading: string): string[] {
  const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/errors.md has no section '${heading}'.`);
  return [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]!);
}

const matches = (sources: readonly string[], pattern: RegExp): string[] =>
  sources.flatMap((source) => [...source.matchAll(pattern)].map((match) => match[1]!));

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
const without = (names: Iterable<string>, others: readonly string[]): string[] =>
  sorted(names).filter((name) => !others.includes(name));

describe('docs/errors.md', () => {
  const sources = sourcesOf(...projects('apps'), ...projects('libs'));
  const thrown = matches(sources, /new (?:ServiceError|ConnectorError)\(\s*[\w.]+,\s*'(\w+)'/g);
  const answers = readFileSync(join(root, 'libs/host/src/error-answer.ts'), 'utf8');
  const general = matches([answers], /(?:\b\d{3}: |code: |\?\? )'([A-Z]\w+)'/g);
  const services = ['Services in general', 'Catalog', 'Orchestrator', 'Adapters'].flatMap(listed);

  it('finds the codes in the sources', () => {
    expect(thrown.length).toBeGreaterThan(60);
    expect(general).toEqual(expect.arrayContaining(['InternalServerError', 'ResourceNotFound']));
  });

  it('lists every code that a service answers with', () => {
    expect(without([...thrown, ...general], services)).toEqual([]);
  });

  it('lists no code of a service that is gone', () => {
    expect(without(services, [...thrown, ...general])).toEqual([]);
  });

  it('lists every code once in a section, in order', () => {
    for (const heading of ['Services in general', 'Catalog', 'Orchestrator', 'Adapters', 'Runs'])
      expect(listed(heading)).toEqual(sorted(listed(heading)));
  });

  describe('reasons of the gateway', () => {
    const policies = sourcesOf('libs/policy-engine/src', 'apps/gateway/src');
    const reasons = listed('Gateway: reasons');

    it('are all listed', () => {
      const named = matches(policies, /new PolicyError\(\s*'(\w+)'/g);
      expect(named.length).toBeGreaterThan(20);
      expect(without(named, reasons)).toEqual([]);
    });

    it('all exist', () => {
      const literals = matches(policies, /'([A-Z]\w+)'/g);
      expect(without(reasons, literals)).toEqual([]);
    });
  });

  it('lists the types of Proxy-Status that the gateway knows', () => {
    const unionIn = (file: string, name: string): string =>
      new RegExp(`export type ${name} =([^;]+);`).exec(
        readFileSync(join(root, file), 'utf8'),
      )?.[1] ?? '';
    const unions = [
      unionIn('libs/http1/src/failure.ts', 'Http1Cause'),
      unionIn('apps/gateway/src/forwarding/failures.ts', 'ProxyStatus'),
    ];
    expect(unions.every((one) => one !== '')).toBe(true);
    expect(sorted(listed('Gateway: Proxy-Status'))).toEqual(sorted(matches(unions, /'(\w+)'/g)));
  });

  it('lists codes of runs that exist', () => {
    const engine = sourcesOf(
      'libs/workflow-engine/src',
      'libs/workflow-effects/src',
      'apps/orchestrator/src/runner',
    );
    const codes = listed('Runs');
    expect(without(codes, matches(engine, /'([A-Z]\w+)'/g))).toEqual([]);
    expect(without(matches(engine, /\bcode: '(\w+)'/g), [...codes, 'OK', 'NotSpecified'])).toEqual(
      [],
    );
  });
});
