import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { policies } from '../policies/index.js';
import type { PolicyCase } from './policy-case.js';
import { runPolicyCase } from './run-policy-case.js';

const root = join(import.meta.dirname, '..');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.cases.yaml'))
  .sort();

describe.each(files)('%s', (file) => {
  const cases = parse(readFileSync(join(root, file), 'utf8')) as PolicyCase[];
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const { differences } = await runPolicyCase(one);
    expect(differences).toEqual([]);
  });
});

describe('the list of policies', () => {
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'));

  it.each(policies.map((policy) => [policy.element] as const))('%s has cases', (element) => {
    const refused =
      policies.find((policy) => policy.element === element)?.support?.level === 'refused';
    expect(refused || texts.some((text) => text.includes(`<${element}`))).toBe(true);
  });

  it.each(policies.map((policy) => [policy.element] as const))(
    'every attribute of %s is in a case',
    (element) => {
      const policy = policies.find((one) => one.element === element)!;
      // Two names of one policy share their attributes and cases.
      const names = policies
        .filter((one) => one.attributes === policy.attributes)
        .map((one) => one.element);
      const own = texts.filter((text) => names.some((name) => text.includes(`<${name} `))).join();
      expect(Object.keys(policy.attributes).filter((name) => !own.includes(`${name}="`))).toEqual(
        [],
      );
    },
  );

  it('knows every folder', () => {
    const folders = readdirSync(join(root, 'policies'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    const elements = new Set(policies.map((policy) => policy.element));
    expect(folders.filter((folder) => !elements.has(folder))).toEqual([]);
  });

  it('names each element once', () => {
    expect(new Set(policies.map((policy) => policy.element)).size).toBe(policies.length);
  });
});
