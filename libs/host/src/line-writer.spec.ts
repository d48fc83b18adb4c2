import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { lineWriter } from './line-writer.js';
import { createLogger } from './logging.js';

describe('lineWriter', () => {
  it('writes at once where the logger writes to a stream of its own', () => {
    const lines: string[] = [];
    const logger = createLogger('x', 'info', { write: (line) => void lines.push(line) });
    lineWriter(logger).write('a line\n');
    expect(lines).toEqual(['a line\n']);
  });

  it('gathers lines beside those of the logger, none is lost or broken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lines-'));
    const file = join(folder, 'log');
    const fd = openSync(file, 'a');
    const logger = createLogger('x', 'info', pino.destination({ dest: fd, sync: true }));
    const lines = lineWriter(logger);
    lines.write('{"n":0}\n');
    expect(readFileSync(file, 'utf8')).toBe('');
    for (let n = 1; n < 2000; n++) {
      lines.write(`{"n":${n},"fill":"${'x'.repeat(n % 300)}"}\n`);
      if (n % 100 === 0) {
        logger.info('between');
        await wait(1);
      }
    }
    for (let tries = 0; tries < 100 && !readFileSync(file, 'utf8').includes('"n":1999'); tries++)
      await wait(20);
    const read = readFileSync(file, 'utf8').trimEnd().split('\n');
    const parsed = read.map((line) => JSON.parse(line) as { n?: number; msg?: string });
    expect(parsed.filter(({ msg }) => msg === 'between')).toHaveLength(19);
    expect(parsed.flatMap(({ n }) => n ?? [])).toEqual(Array.from({ length: 2000 }, (_, n) => n));
    await wait(150);
    closeSync(fd);
    rmSync(folder, { recursive: true, maxRetries: 9 });
  });
});
