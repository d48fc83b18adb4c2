import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tokenFiller } from './fill-tokens.js';
import { printReport } from './print-report.js';
import { validatePaths } from './validate-paths.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isthmus validate '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));

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

  it('looks for what a workspace refers to in the workspace', async () => {
    const named = (name: string): string =>
      JSON.stringify({ properties: { displayName: name, value: 'x' } });
    const using = (name: string): string =>
      `<policies><inbound><set-header name="x"><value>{{${name}}}</value></set-header></inbound></policies>`;
    file('apim/namedValues/outer/namedValueInformation.json', named('outer'));
    file('apim/policy.xml', using('outer'));
    file('apim/workspaces/w/workspaceInformation.json', '{"properties":{"displayName":"w"}}');
    file('apim/workspaces/w/namedValues/inner/namedValueInformation.json', named('inner'));
    file('apim/workspaces/w/policy.xml', using('inner'));
    file('apim/workspaces/w/products/p/productInformation.json', '{"properties":{}}');
    file('apim/workspaces/w/products/p/policy.xml', using('outer'));
    const documents = (await validatePaths([folder])).filter(({ kind }) => kind === 'policy');
    expect(documents.map(({ path, ok }) => [path.slice(folder.length + 1), ok])).toEqual([
      ['apim/policy.xml', true],
      ['apim/workspaces/w/policy.xml', true],
      ['apim/workspaces/w/products/p/policy.xml', false],
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

  it('warns of control statements without braces, which API Management refuses', async () => {
    const policy = (code: string): string =>
      `<policies><inbound>\n<set-variable name="v" value="@{ ${code} }" />\n</inbound></policies>`;
    const braced = file('braced.xml', policy('if (context.User == null) { return 1; } return 2;'));
    const path = file('bare.xml', policy('if (context.User == null) return 1; return 2;'));
    const fragment = file('apim/policy fragments/f/policy.xml', '<fragment><base /></fragment>');
    expect(await validatePaths([braced])).toMatchObject([{ ok: true, problems: [] }]);
    const [document] = await validatePaths([path]);
    expect(document).toMatchObject({
      ok: true,
      problems: [{ line: 2, column: 60, warning: true }],
    });
    expect(printReport([document!], false)).toContain("braces around what follows 'if'");
    file('apim/policy fragments/f/policyFragmentInformation.json', '{"properties":{}}');
    writeFileSync(
      fragment,
      '<fragment><set-body>@{ while (true) return "a"; }</set-body></fragment>',
    );
    expect(await validatePaths([join(folder, 'apim')])).toContainEqual(
      expect.objectContaining({
        kind: 'fragment',
        ok: true,
        problems: [expect.objectContaining({ line: 1, column: 37, warning: true })],
      }),
    );
  });

  it('warns of a second policy in backend', async () => {
    const path = file(
      'two.xml',
      '<policies><backend>\n<forward-request />\n<set-variable name="a" value="b" />\n</backend></policies>',
    );
    expect(await validatePaths([path])).toMatchObject([
      { ok: true, problems: [{ line: 3, column: 2, code: 'misplaced', warning: true }] },
    ]);
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

  it('checks GraphQL schemas, the fields that resolvers name, and the documents of resolvers', async () => {
    file('apim/apis/g/apiInformation.json', '{"properties":{"path":"g","type":"graphql"}}');
    file('apim/apis/g/specification.graphql', 'type Query { users: [String] }');
    const resolver = (name: string, path: string, text: string): void => {
      file(
        `apim/apis/g/resolvers/${name}/resolverInformation.json`,
        JSON.stringify({ properties: { path } }),
      );
      file(`apim/apis/g/resolvers/${name}/policy.xml`, text);
    };
    const source = (more = ''): string =>
      `<http-data-source><http-request><set-method>GET</set-method><set-url>https://d.example/</set-url></http-request>${more}</http-data-source>`;
    resolver('users', 'Query/users', source());
    resolver('nobody', 'Query/nobody', source('<x />'));
    const messages = async (): Promise<string[]> =>
      (await validatePaths([folder])).flatMap(({ problems }) =>
        problems.filter(({ warning }) => !warning).map(({ message }) => message),
      );
    expect(await messages()).toEqual([
      expect.stringContaining("invalid child element 'x'"),
      "The schema has no field 'Query/nobody', for which there is a resolver.",
    ]);
    file('apim/apis/g/specification.graphql', 'type Query {');
    expect(await messages()).toContainEqual(expect.stringContaining('GraphQL schema is invalid'));
  });

  it('finds policies with a wrong root, and resolvers, in a plain folder', async () => {
    file('loose/policy.xml', '<polices><inbound /></polices>');
    file('loose/shop.policy.xml', '');
    file('loose/cased.xml', '<Policies><inbound /></Policies>');
    file('loose/resolver.xml', '<http-data-source><bogus /></http-data-source>');
    file('loose/note.xml', '<note />');
    const documents = await validatePaths([folder]);
    expect(documents.map(({ path, ok }) => [path.split('/').at(-1), ok])).toEqual([
      ['cased.xml', false],
      ['policy.xml', false],
      ['resolver.xml', false],
      ['shop.policy.xml', false],
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

  it('refuses a logger that is not in the folder, as the service does', async () => {
    file('apim/apis/echo/apiInformation.json', '{"properties":{"displayName":"E","path":"e"}}');
    file(
      'apim/apis/echo/policy.xml',
      '<policies><inbound><log-to-eventhub logger-id="gone">x</log-to-eventhub></inbound></policies>',
    );
    const documents = await validatePaths([folder]);
    const policy = documents.find(({ path }) => path.endsWith('policy.xml'));
    expect(policy).toMatchObject({
      ok: false,
      problems: [{ line: 1, code: 'reference', message: 'Logger not found' }],
    });
  });

  it('fills the placeholders of pipelines', async () => {
    file(
      'p.xml',
      '<policies><inbound><rate-limit calls="#{Calls}#" renewal-period="__Period__" /><set-variable name="a" value="@({#Expression#})" /></inbound></policies>',
    );
    const codes = async (...tokens: string[]): Promise<string[]> => {
      const [document] = await validatePaths([folder], tokenFiller(tokens));
      return document!.problems.map(({ code }) => code);
    };
    expect(await codes()).toEqual([]);
    expect(await codes('Calls=ten', 'PERIOD=301', 'expression=nope')).toEqual([
      'invalid-value',
      'invalid-value',
      'expression',
    ]);
    expect(await codes('Calls=10', 'Period=60', 'Expression=1 +', 'Other=1')).toEqual([
      'expression',
    ]);
    expect(() => tokenFiller(['Calls'])).toThrow('NAME=VALUE');
  });

  it('fills placeholders in the files of an APIOps folder', async () => {
    file(
      'apim/namedValues/host/namedValueInformation.json',
      '{"properties":{"displayName":"#{Name}#","value":"x"}}',
    );
    file('apim/apis/echo/apiInformation.json', '{"properties":{"displayName":"E","path":"e"}}');
    file(
      'apim/apis/echo/policy.xml',
      '<policies><inbound><set-variable name="a" value="{{Host}}" /></inbound></policies>',
    );
    const documents = await validatePaths([folder], tokenFiller(['Name=Host']));
    expect(documents.flatMap(({ problems }) => problems)).toEqual([]);
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
