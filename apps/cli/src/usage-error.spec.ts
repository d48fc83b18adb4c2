import { readFile } from 'node:fs/promises';
import { ContractError } from '@isthmus/contracts';
import { tokenValues } from './token-values.js';
import { sentenceOf, UsageError } from './usage-error.js';

describe('what the user is told of an error', () => {
  it('is its sentence where it is one of usage, of a service, or of the file system', async () => {
    const missing: unknown = await readFile('/no/such/file').catch((error: unknown) => error);
    expect(sentenceOf(missing)).toContain('ENOENT');
    expect(sentenceOf(new UsageError('No.'))).toBe('No.');
    expect(sentenceOf(new ContractError('listTrace', 404, 'ResourceNotFound', 'Gone.'))).toContain(
      'Gone.',
    );
  });

  it('is left to the stack for a defect', () => {
    expect(sentenceOf(new TypeError('x is undefined'))).toBeUndefined();
    expect(sentenceOf('text')).toBeUndefined();
  });
});

describe('tokens', () => {
  it('are read by name, whatever their values hold', () => {
    expect([...tokenValues(['A=1,2=3', 'B='])]).toEqual([
      ['A', '1,2=3'],
      ['B', ''],
    ]);
    expect(() => tokenValues(['A'])).toThrow("A token is given as NAME=VALUE, not as 'A'.");
  });
});
