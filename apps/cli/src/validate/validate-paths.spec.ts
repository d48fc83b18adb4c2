import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { printReport } from './print-report.js';
import { validatePaths } from './validate-paths.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isthmus validate '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const good = '<policies><inbound><base /></inbound><backend><base /></backend></policies>';

describe('isthmus validate', () => {
  it('judges policies and fragments of a folder and leaves other files alone', async () => {
    file('a/policy.xml', good);
    file(
      'b/fragment.xml',
      '<fragment><set-header name="x"><value>1</value></set-header></fragment>',
    );
    file('b/other.xml', '<project />');
    file('package.json', '{}');
    const documents = await validatePaths([folder]);
    expect(documents.map(({ kind, ok }) => [kind, ok])).toEqual([
      ['policy', true],
      ['fragment', true],
    ]);
  });

  it('tells every mistake with its position', async () => {
    const path = file(
      'p.xml',
      '<policies>\n  <inbound>\n    <set-heder name="x" />\n    <choose />\n  </inbound>\n</policies>',
    );
    const [document] = await validatePaths([path]);
    expect(document).toMatchObject({ kind: 'policy', ok: false });
    expect(document!.problems.map(({ line, column, code }) => [line, column, code])).toEqual([
      [3, 6, 'unknown-element'],
      [4, 6, 'missing-element'],
    ]);
    expect(printReport([document!], false)).toContain("did you mean 'set-header'?");
  });

  it('prints one JSON object', async () => {
    const path = file('p.xml', good);
    expect(JSON.parse(printReport(await validatePaths([path]), true))).toEqual({
      documents: [{ path, kind: 'policy', ok: true, problems: [] }],
    });
  });

  it('judges a named file whatever it holds, and a missing one', async () => {
    const path = file('p.txt', 'hello');
    const documents = await validatePaths([path, join(folder, 'none.xml')]);
    expect(documents.map(({ ok }) => ok)).toEqual([false, false]);
  });

  it('reads an APIOps folder: named values and fragments beside a policy count', async () => {
    const scope = (content: string): string =>
      `<policies><inbound><base />${content}</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;
    file(
      'apim/namedValues/host/namedValueInformation.json',
      '{"properties":{"displayName":"Host","value":"api.example"}}',
    );
    file(
      'apim/apis/echo/apiInformation.json',
      '{"properties":{"displayName":"Echo","path":"echo","protocols":["https"],"apiRevision":"1","isCurrent":true}}',
    );
    file(
      'apim/apis/echo/policy.xml',
      scope(
        '<set-backend-service base-url="https://{{Host}}/" /><set-header name="x"><value>{{none}}</value></set-header><include-fragment fragment-id="gone" />',
      ),
    );
    const documents = await validatePaths([folder]);
    const policy = documents.find(({ path }) => path.endsWith('policy.xml'));
    expect(policy!.problems.filter((problem) => !problem.warning).map(({ code }) => code)).toEqual([
      'named-value',
      'fragment',
    ]);
  });

  it('finds fragments that include each other', async () => {
    for (const [id, other] of [
      ['one', 'two'],
      ['two', 'ONE'],
    ]) {
      file(`apim/policyFragments/${id}/policyFragmentInformation.json`, '{"properties":{}}');
      file(
        `apim/policyFragments/${id}/policy.xml`,
        `<fragment><include-fragment fragment-id="${other}" /></fragment>`,
      );
    }
    const documents = await validatePaths([folder]);
    const messages = documents.flatMap(({ problems }) => problems.map(({ message }) => message));
    expect(messages.join('\n')).toContain('includes itself');
    expect(documents.some(({ ok }) => !ok)).toBe(true);
  });

  it('warns of a logger that is not in the folder', async () => {
    file('apim/apis/echo/apiInformation.json', '{"properties":{"displayName":"E","path":"e"}}');
    file(
      'apim/apis/echo/policy.xml',
      '<policies><inbound><log-to-eventhub logger-id="gone">x</log-to-eventhub></inbound></policies>',
    );
    const documents = await validatePaths([folder]);
    const policy = documents.find(({ path }) => path.endsWith('policy.xml'));
    expect(policy).toMatchObject({
      ok: true,
      problems: [{ message: 'Logger not found', warning: true }],
    });
  });

  it('judges workflow definitions', async () => {
    file(
      'flow/workflow.json',
      '{"definition":{"actions":{"A":{"type":"Compose","inputs":1,"runAfter":{}}},"triggers":{"m":{"type":"Request","kind":"Http"}}},"kind":"Stateful"}',
    );
    const documents = await validatePaths([folder]);
    expect(documents).toMatchObject([{ ok: true }]);
    expect(documents[0]!.kind).not.toBe('unknown');
  });
});
