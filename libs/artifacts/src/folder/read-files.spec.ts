import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFiles } from './read-files.js';

describe('readFiles', () => {
  it('reads every file in the encoding that it tells and leaves hidden ones out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'isthmus-files-'));
    await mkdir(join(folder, 'apis', 'shop'), { recursive: true });
    await mkdir(join(folder, '.git'));
    const policy = '<policies><!-- é --></policies>';
    await writeFile(join(folder, 'apis', 'shop', 'policy.xml'), `\ufeff${policy}`, 'utf16le');
    await writeFile(join(folder, 'apis', 'shop', 'specification.yaml'), '\ufeffopenapi: 3.0.1');
    const declared = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>';
    await writeFile(join(folder, 'apis', 'shop', 'specification.wsdl'), declared, 'latin1');
    await writeFile(join(folder, '.git', 'config'), 'x');
    expect([...(await readFiles(folder))]).toEqual([
      ['apis/shop/policy.xml', policy],
      ['apis/shop/specification.wsdl', declared],
      ['apis/shop/specification.yaml', 'openapi: 3.0.1'],
    ]);
  });
});
