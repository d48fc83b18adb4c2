import { describe, expect, it } from '@jest/globals';
import {
  actionPermission,
  isGranted,
  signedQuery,
  triggerPermission,
  urlCredentials,
} from './callback-url.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const keys = ['primary', 'secondary'];
const permission = triggerPermission('manual');
const granted = (
  query: URLSearchParams,
  over: { workflow?: string; sp?: string; at?: number } = {},
) =>
  isGranted(urlCredentials(query), over.workflow ?? 'orders', over.sp ?? permission, {
    keys,
    now: over.at ?? now,
  });
const changed = (name: string, value: string) => {
  const query = signedQuery('primary', 'orders', {
    permission,
    expires: '2026-01-02T00:00:00.000Z',
  });
  query.set(name, value);
  return query;
};

describe('a signed URL', () => {
  it.each(keys)('is accepted when the %s key signed it', (key) => {
    expect(granted(signedQuery(key, 'orders', { permission }))).toBe(true);
  });

  it('has the members of the service', () => {
    const query = signedQuery('primary', 'orders', { permission });
    expect([...query.keys()]).toEqual(['api-version', 'sp', 'sv', 'sig']);
    expect(query.get('sp')).toBe('/triggers/manual/run');
    expect(query.get('sig')).toMatch(/^[\w-]{43}$/);
  });

  it('is refused when another key signed it', () => {
    expect(granted(signedQuery('old', 'orders', { permission }))).toBe(false);
  });

  it('is good for one workflow, in any case, and for one permission', () => {
    const query = signedQuery('primary', 'orders', { permission });
    expect(granted(query, { workflow: 'ORDERS' })).toBe(true);
    expect(granted(query, { workflow: 'other' })).toBe(false);
    expect(granted(query, { sp: triggerPermission('other') })).toBe(false);
    expect(granted(query, { sp: actionPermission('1', 'manual') })).toBe(false);
  });

  it('ends at its time', () => {
    const query = changed('x', '');
    expect(granted(query)).toBe(true);
    expect(granted(query, { at: Date.parse('2026-01-02T00:00:00.000Z') })).toBe(false);
  });

  it.each([
    ['se', '2030-01-01T00:00:00.000Z'],
    ['se', 'never'],
    ['se', ''],
    ['sp', '/triggers/other/run'],
    ['sv', '2.0'],
    ['sig', ''],
    ['sig', 'x'.repeat(43)],
    ['sig', 'ü'.repeat(43)],
    ['sig', 'x'.repeat(100_000)],
  ])('is refused with another %s: %.30s', (name, value) => {
    expect(granted(changed(name, value))).toBe(false);
  });

  it('does not become endless when its time is taken away', () => {
    const query = changed('x', '');
    query.delete('se');
    expect(granted(query)).toBe(false);
  });
});
