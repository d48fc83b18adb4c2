import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPolicyCase, type PolicyCase } from '@isthmus/policy-engine';
import { runWorkflowCase, type WorkflowCase } from '@isthmus/workflow-engine';
import { isObject, memberOf, parseJson } from '@isthmus/workflow-expressions';
import { parse } from 'yaml';

const guides = join(import.meta.dirname, '../../../docs/guides');

/** The fenced blocks of a guide in one language. */
function blocks(guide: string, language: string): string[] {
  const text = readFileSync(join(guides, guide), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]!);
}

describe('the examples of the guide to policies', () => {
  const documents = new Map(
    blocks('policies.md', 'xml').map((text) => [/^<!-- (\S+) -->/.exec(text)?.[1] ?? '', text]),
  );
  const inlined = (texts: Readonly<Record<string, string>> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, documents.get(text) ?? text]),
    );
  const [cases = []] = blocks('policies.md', 'yaml').map((text) => parse(text) as PolicyCase[]);

  it('are three', () => {
    expect(cases).toHaveLength(3);
  });

  it.each(cases)('pass: $name', async (one) => {
    const { differences } = await runPolicyCase({
      ...one,
      ...(one.documents && { documents: inlined(one.documents) }),
      fragments: inlined(one.fragments),
    });
    expect(differences).toEqual([]);
  });
});

describe('the examples of the guide to workflows', () => {
  const [cases = []] = blocks('workflows.md', 'yaml').map((text) => parse(text) as object[]);
  const [project] = blocks('workflows.md', 'json').map((text) => parseJson(text));
  const definition = isObject(project!) ? memberOf(project, 'definition') : undefined;

  it('are two', () => {
    expect(cases).toHaveLength(2);
  });

  it.each(cases.map((one) => parseJson(JSON.stringify(one)) as WorkflowCase))(
    'pass: $name',
    (one) => {
      if (!isObject(definition!)) throw new Error('The guide shows no definition.');
      const base = {
        definition,
        kind: 'Stateful' as const,
        parameters: {},
        appSettings: {},
        artifacts: {},
      };
      expect(runWorkflowCase(one, base)).toEqual([]);
    },
  );
});
