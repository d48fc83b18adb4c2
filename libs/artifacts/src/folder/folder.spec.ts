import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { keyHash } from '../resource.js';
import { readArtifacts } from './read-folder.js';
import { readFiles } from './read-files.js';
import { writeArtifacts } from './write-folder.js';

interface FolderCase {
  readonly name: string;
  readonly files: Record<string, string>;
  readonly environment?: string;
  readonly tokens?: Record<string, string>;
  readonly ignore?: string[];
  readonly expect: Record<string, Record<string, unknown>>;
  readonly problems?: (string | Record<string, unknown>)[];
}

const file = fileURLToPath(new URL('./folder.cases.yaml', import.meta.url));
const { cases } = parse(readFileSync(file, 'utf8')) as { cases: FolderCase[] };

describe('readArtifacts', () => {
  it.each(cases)('$name', (one) => {
    const options = {
      ...(one.environment ? { environment: one.environment } : {}),
      ...(one.tokens ? { tokens: one.tokens } : {}),
    };
    const folder = readArtifacts(new Map(Object.entries(one.files)), options);
    const found = Object.fromEntries(
      folder.resources.map(({ id, properties }) => [
        id,
        Object.fromEntries(
          Object.entries(properties).filter(([key]) => !one.ignore?.includes(key)),
        ),
      ]),
    );
    const expected = Object.fromEntries(
      Object.entries(one.expect).map(([id, properties]) => [
        id,
        Object.fromEntries(
          Object.entries(properties).filter(([key]) => !one.ignore?.includes(key)),
        ),
      ]),
    );
    expect(found).toEqual(expected);
    const wanted = (one.problems ?? []).map(
      (problem) =>
        expect.objectContaining(
          typeof problem === 'string' ? { message: problem } : problem,
        ) as unknown,
    );
    expect(folder.problems).toEqual(wanted);
  });

  it('gives the SHA-256 of keys, never the keys', () => {
    const files = new Map([
      [
        'subscriptions/s/subscriptionInformation.json',
        '{"properties":{"primaryKey":"k1","secondaryKey":"k2"}}',
      ],
    ]);
    const [resource] = readArtifacts(files).resources;
    expect(resource?.properties).toEqual({
      primaryKeyHash: keyHash('k1'),
      secondaryKeyHash: keyHash('k2'),
    });
    expect(readArtifacts(files, { subscriptionKeys: 'plain' }).resources[0]?.properties).toEqual({
      primaryKey: 'k1',
      secondaryKey: 'k2',
    });
  });
});

describe('writeArtifacts', () => {
  const resources = [
    { id: '/apis/echo', properties: { path: 'echo', apiRevision: '1', isCurrent: true } },
    { id: '/apis/echo/operations/get', properties: { method: 'GET', urlTemplate: '/' } },
    {
      id: '/apis/echo/operations/get/policies/policy',
      properties: { format: 'rawxml', value: '<policies/>' },
    },
    { id: '/apiVersionSets/v', properties: { versioningScheme: 'Segment' } },
    { id: '/namedValues/plain', properties: { value: 'x' } },
    { id: '/namedValues/hidden', properties: { secret: true, value: 'x' } },
    { id: '/policies/policy', properties: { format: 'rawxml', value: '<policies/>' } },
    {
      id: '/policyFragments/f',
      properties: { description: 'd', format: 'rawxml', value: '<fragment/>' },
    },
    { id: '/products/p', properties: { displayName: 'P' } },
    { id: '/products/p/apis/echo', properties: {} },
    { id: '/subscriptions/s', properties: { scope: '/apis', primaryKey: 'hunter2' } },
  ];

  it('writes the new layout', () => {
    expect([...writeArtifacts(resources).keys()]).toEqual([
      'apis/echo/apiInformation.json',
      'apis/echo/operations/get/operationInformation.json',
      'apis/echo/operations/get/policy.xml',
      'namedValues/hidden/namedValueInformation.json',
      'namedValues/plain/namedValueInformation.json',
      'policy.xml',
      'policyFragments/f/policy.xml',
      'policyFragments/f/policyFragmentInformation.json',
      'products/p/apis.json',
      'products/p/productInformation.json',
      'subscriptions/s/subscriptionInformation.json',
      'versionSets/v/versionSetInformation.json',
    ]);
  });
  it('leaves secrets out', () => {
    const text = [...writeArtifacts(resources).values()].join('');
    expect(text).not.toContain('hunter2');
    expect(
      writeArtifacts(resources).get('namedValues/hidden/namedValueInformation.json'),
    ).not.toContain('value');
  });
  it('is read back as it was', () => {
    const open = resources.filter((one) => !/hidden|subscriptions/.test(one.id));
    const again = readArtifacts(writeArtifacts(open));
    expect(again.problems).toEqual([]);
    expect(again.resources.map(({ id, properties }) => ({ id, properties }))).toEqual(
      [...open].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
  });
  it('refuses a resource that has no place in a folder', () => {
    expect(() => writeArtifacts([{ id: '/reports/x', properties: {} }])).toThrow(
      "no place for '/reports/x'",
    );
  });
});

describe('readFiles', () => {
  it('reads a folder with blanks in names, without dot files', async () => {
    const root = await mkdtemp(join(tmpdir(), 'artifacts '));
    for (const path of [
      'named values/x/namedValueInformation.json',
      '.git/config',
      'node_modules/a/b.json',
      'policy.xml',
    ]) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), path);
    }
    expect([...(await readFiles(root)).keys()]).toEqual([
      'named values/x/namedValueInformation.json',
      'policy.xml',
    ]);
    await rm(root, { recursive: true, maxRetries: 9 });
  });
});
