import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { printCases, runCaseFiles } from './run-case-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isthmus test '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));

describe('isthmus test', () => {
  it("runs cases against a user's own policy file", async () => {
    writeFileSync(
      join(folder, 'policy.xml'),
      '<policies><inbound><base /><set-header name="x-a"><value>@("{{Word}}".ToUpper())</value></set-header></inbound><backend><base /></backend></policies>',
    );
    writeFileSync(
      join(folder, 'p.cases.yaml'),
      '- name: adds the header\n  documents: { api: policy.xml }\n  namedValues: { Word: hi }\n  expect: { backend: [{ headers: { x-a: HI } }] }\n- name: another\n  documents: { api: policy.xml }\n  namedValues: { Word: hi }\n  expect: { status: 404 }\n',
    );
    const outcomes = await runCaseFiles([folder], undefined);
    expect(outcomes.map(({ name, differences }) => [name, differences])).toEqual([
      ['adds the header', []],
      ['another', ['status: expected 404, got 200']],
    ]);
    expect(printCases(outcomes, false)).toContain('1 passed, 1 failed');
    expect(JSON.parse(printCases(outcomes, true))).toMatchObject({ passed: 1, failed: 1 });
  });

  it('runs only the cases that are asked for', async () => {
    writeFileSync(
      join(folder, 'p.cases.yaml'),
      '- { name: one, policy: <return-response />, expect: { status: 200 } }\n- { name: two, policy: <return-response />, expect: { status: 200 } }\n',
    );
    expect((await runCaseFiles([folder], 'two')).map(({ name }) => name)).toEqual(['two']);
  });

  it('a case file that cannot be read is a failure', async () => {
    writeFileSync(join(folder, 'p.cases.yaml'), ': [');
    const [outcome] = await runCaseFiles([folder], undefined);
    expect(outcome!.differences).toHaveLength(1);
  });

  it('a missing policy file is a failure of its case', async () => {
    writeFileSync(
      join(folder, 'p.cases.yaml'),
      '- { name: one, documents: { api: none.xml }, expect: { status: 200 } }\n',
    );
    const [outcome] = await runCaseFiles([folder], undefined);
    expect(outcome!.differences[0]).toContain('none.xml');
  });

  it('fails a case whose folder does not have what it names, and a file whose cases are none', async () => {
    mkdirSync(join(folder, 'apim/apis/shop'), { recursive: true });
    writeFileSync(
      join(folder, 'apim/apis/shop/apiInformation.json'),
      '{ "properties": { "displayName": "Shop", "path": "shop" } }',
    );
    const one = (reference: string): string =>
      `- { name: x, artifacts: { folder: apim, ${reference} }, expect: { status: 200 } }\n`;
    const texts = [
      one('api: shop') + one('api: shp') + one('api: shop, operation: get') + one('product: p'),
      '- 3\n',
      'name: x\n',
    ];
    for (const [i, text] of texts.entries()) writeFileSync(join(folder, `${i}.cases.yaml`), text);
    expect((await runCaseFiles([folder], undefined)).map((one) => one.differences)).toEqual([
      [],
      ["artifacts: there is no /apis/shp in 'apim'."],
      ["artifacts: there is no /apis/shop/operations/get in 'apim'."],
      ["artifacts: there is no /products/p in 'apim'."],
      ['Case 1 is no object.'],
      ['The file holds no list of cases.'],
    ]);
  });

  it('takes backends of an operation from its APIOps folder', async () => {
    const put = (name: string, content: unknown): void => {
      const path = join(folder, 'apim', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    };
    put('namedValues/host/namedValueInformation.json', {
      properties: { displayName: 'Host', value: 'shop.example' },
    });
    put('backends/shop/backendInformation.json', { properties: { url: 'https://{{Host}}/v1' } });
    put('backends/safety/backendInformation.json', {
      properties: {
        url: 'https://safety.example',
        credentials: { header: { 'x-key': ['{{Host}}'] }, managedIdentity: { resource: 'r' } },
      },
    });
    put('apis/echo/apiInformation.json', {
      properties: { displayName: 'E', path: 'e', serviceUrl: 'https://e.example' },
    });
    put(
      'apis/echo/policy.xml',
      '<policies><inbound><llm-content-safety backend-id="safety" /><set-backend-service backend-id="Shop" /></inbound><backend><forward-request /></backend></policies>',
    );
    const cases = [
      {
        name: 'goes to the backends of the folder',
        artifacts: { folder: 'apim', api: 'echo' },
        given: {
          request: { method: 'POST', path: '/a', json: { prompt: 'hi' } },
          http: { json: {} },
        },
        expect: {
          backend: [{ url: 'https://shop.example/v1/a' }],
          http: [{ headers: { 'x-key': 'shop.example', authorization: 'Bearer token-for-r' } }],
        },
      },
      {
        name: 'the case may give others',
        artifacts: { folder: 'apim', api: 'echo' },
        given: { backends: { Shop: 'https://other.example' }, request: { path: '/a' } },
        expect: { backend: [{ url: 'https://other.example/a' }] },
      },
    ];
    writeFileSync(join(folder, 'p.cases.yaml'), JSON.stringify(cases));
    const outcomes = await runCaseFiles([folder], undefined);
    expect(outcomes.map(({ differences }) => differences)).toEqual([[], []]);
  });
});
