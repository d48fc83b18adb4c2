import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readProjectFolder } from './project-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isthmus project '));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 9 }));

const put = async (path: string, text = '{}') => {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
};

it('reads what the runtime reads, and leaves the rest of the project alone', async () => {
  await put('host.json', '{"version":"2.0"}');
  await put('my__orders/workflow.json');
  await put('Artifacts/Maps/order.xslt', '<x/>');
  for (const other of [
    'local.settings.json',
    'lib/custom/host.json',
    '.git/host.json',
    'README.md',
  ])
    await put(other);
  const files = await readProjectFolder(folder);
  expect([...files.keys()].toSorted()).toEqual([
    'Artifacts/Maps/order.xslt',
    'host.json',
    'my__orders/workflow.json',
  ]);
  expect(files.get('host.json')).toBe('{"version":"2.0"}');
});

it('reads a mounted ConfigMap: links into a hidden folder, with "__" for "/"', async () => {
  for (const name of ['host.json', 'orders__workflow.json', 'Artifacts__Maps__order.xslt']) {
    await put(`..2026_11_23/${name}`, name);
    await symlink(join('..data', name), join(folder, name));
  }
  await symlink('..2026_11_23', join(folder, '..data'));
  const files = await readProjectFolder(folder);
  expect(Object.fromEntries(files)).toEqual({
    'Artifacts/Maps/order.xslt': 'Artifacts__Maps__order.xslt',
    'host.json': 'host.json',
    'orders/workflow.json': 'orders__workflow.json',
  });
});
