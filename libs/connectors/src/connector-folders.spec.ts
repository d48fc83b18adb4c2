import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorFolders } from './connector-folders.js';
import { CredentialStore } from './credentials.js';
import { loadConnectors } from './openapi/load-connectors.js';

describe('connectorFolders', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isthmus connectors '));
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 9 }));

  it('takes each folder as a connector and leaves those of a mount alone', async () => {
    await mkdir(join(folder, 'orders'));
    await mkdir(join(folder, '..data'));
    await writeFile(join(folder, 'README.md'), '');
    expect(await connectorFolders(folder)).toEqual([
      { name: 'orders', path: join(folder, 'orders') },
    ]);
  });

  it('unfolds the flat names of a mounted ConfigMap', async () => {
    await writeFile(
      join(folder, 'orders__apiDefinition.swagger.json'),
      '{"swagger":"2.0","paths":{}}',
    );
    await writeFile(join(folder, 'orders__types__a.xsd'), 'x');
    const [orders, ...more] = await connectorFolders(folder);
    expect(more).toEqual([]);
    expect(orders!.name).toBe('orders');
    expect(await readFile(join(orders!.path, 'types', 'a.xsd'), 'utf8')).toBe('x');
    expect((await loadConnectors(folder, new CredentialStore())).map(({ name }) => name)).toEqual([
      'orders',
    ]);
  });
});
