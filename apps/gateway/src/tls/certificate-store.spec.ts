import { X509Certificate } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { CertificateStore } from './certificate-store.js';
import type { HostName } from './host-name.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const day = 86_400_000;

describe('the end of certificates', () => {
  let folder: string;
  let end: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'store-'));
    for (const file of ['one.crt', 'one.key'])
      await copyFile(`${fixtures}${file}`, join(folder, file));
    end = Date.parse(new X509Certificate(await readFile(`${fixtures}one.crt`)).validTo);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  });
  afterEach(async () => {
    jest.useRealTimers();
    await rm(folder, { recursive: true, maxRetries: 9 });
  });

  it('F14: is told 30 days before, and from then on every day, whether files change or not', async () => {
    const told: [string, string, unknown][] = [];
    const managed = new Map<string, HostName>([
      [
        'shop.example',
        {
          host: 'shop.example',
          certificate: 'shop',
          context: undefined,
          expires: end - 20 * day,
          authorities: undefined,
          mode: 'ignore',
        },
      ],
    ]);
    jest.setSystemTime(end - 31.5 * day);
    const store = new CertificateStore(
      folder,
      (level, message, details) => void told.push([level, message, details]),
      { usual: 'ignore', modes: new Map(), managed: () => managed },
    );
    await store.open();
    try {
      const days = (): unknown[] =>
        told
          .splice(0)
          .map(([level, message, details]) => [
            level,
            message,
            (details as { name: string }).name,
            (details as { days: number }).days,
          ]);
      const shop = (left: number): unknown[] => [
        'warn',
        left < 0 ? 'a certificate has expired' : 'a certificate expires soon',
        '/certificates/shop',
        left,
      ];
      const one = (left: number): unknown[] => [
        'warn',
        left < 0 ? 'a certificate has expired' : 'a certificate expires soon',
        'one',
        left,
      ];
      expect(days()).toEqual([shop(11)]);
      jest.advanceTimersByTime(day);
      expect(days()).toEqual([shop(10)]);
      jest.advanceTimersByTime(day);
      expect(days()).toEqual([one(29), shop(9)]);
      jest.advanceTimersByTime(30 * day);
      expect(days().slice(-2)).toEqual([one(-1), shop(-21)]);
    } finally {
      store.close();
    }
    jest.advanceTimersByTime(5 * day);
    expect(told).toEqual([]);
  });
});
