import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** Pages of the project: of the root, below docs, and the README of every project. */
function pages(): string[] {
  const markdown = (names: readonly string[]): string[] =>
    names.filter((name) => /\.md$/.test(name));
  const below = (folder: string): string[] =>
    markdown(readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })).map(
      (name) => `${folder}/${name}`,
    );
  const projects = ['apps', 'libs', 'tools'].flatMap((kind) =>
    readdirSync(join(root, kind)).map((name) => `${kind}/${name}/README.md`),
  );
  return [...markdown(readdirSync(root)), ...below('docs'), ...projects];
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLinks(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```.*?^```/gms, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? join(root, page) : join(root, dirname(page), path);
    if (relative(root, target).startsWith('..') || !existsSync(target)) return true;
    if (anchor === undefined) return false;
    return (
      statSync(target).isDirectory() || !anchors(readFileSync(target, 'utf8')).includes(anchor)
    );
  });
}

describe('the documentation', () => {
  const all = pages();

  it('has a README for every project', () => {
    expect(all.filter((page) => !existsSync(join(root, page)))).toEqual([]);
  });

  it.each(all.filter((page) => existsSync(join(root, page))))(
    '%s links to what is there',
    (page) => {
      expect(brokenLinks(page)).toEqual([]);
    },
  );
});
