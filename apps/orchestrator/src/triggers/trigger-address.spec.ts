import { describe, expect, it } from '@jest/globals';
import { assertSound, triggerAddress } from './trigger-address.js';

const id = '0123456789abcdef0123456789abcdef';
const query = '?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abc';

describe('the URL of a request trigger', () => {
  it.each([
    [`/api/orders/triggers/manual/invoke${query}`, 'orders', 'manual', undefined],
    [`/API/orders/Triggers/manual/INVOKE${query}`, 'orders', 'manual', undefined],
    [`/api/a%20b/triggers/c%2Fd/invoke${query}`, 'a b', 'c/d', undefined],
    [`/api/orders/triggers/manual/invoke/x/%20y${query}`, 'orders', 'manual', '/x/%20y'],
    [`/api/invoke/triggers/invoke/invoke/invoke${query}`, 'invoke', 'invoke', '/invoke'],
    [`/workflows/${id}/triggers/manual/paths/invoke${query}`, id, 'manual', undefined],
    [`/workflows/${id}/triggers/manual/paths/invoke/a/b${query}`, id, 'manual', '/a/b'],
    [`http://host/api/orders/triggers/manual/invoke${query}`, 'orders', 'manual', undefined],
  ])('%s is taken apart', (url, workflow, trigger, relativePath) => {
    expect(triggerAddress(url)).toMatchObject({
      workflow,
      trigger,
      queries: {},
      credentials: { permission: '/triggers/manual/run', version: '1.0' },
    });
    expect(triggerAddress(url)?.relativePath).toBe(relativePath);
  });

  it('keeps the queries that are not its own, decoded', () => {
    const address = triggerAddress(`/api/a/triggers/b/invoke${query}&q=%C3%BC+1&se=2030`);
    expect(address?.queries).toEqual({ q: 'ü 1' });
    expect(address?.credentials.expires).toBe('2030');
  });

  it.each([
    '/',
    '/api',
    '/api/a/runs/1/response',
    '/api/a/triggers/b',
    '//api/a/triggers/b/invoke',
    '/workflows/orders/triggers/manual/paths/invoke',
    `/workflows/${id}/triggers/manual/invoke`,
  ])('%s is none', (url) => {
    expect(triggerAddress(url)).toBeUndefined();
  });

  it('with a name that is not encoded is refused', () => {
    expect(() => triggerAddress('/api/%E0%A4%A/triggers/b/invoke')).toThrow("'%E0%A4%A'");
  });

  it.each([
    ['/api/a%00b/triggers/b/invoke', 'U+0000'],
    ['/api/a/triggers/%00/invoke', 'U+0000'],
    ['http://%zz/api/a/triggers/b/invoke', 'is none'],
    ['http://host:99999/api/a/triggers/b/invoke', 'is none'],
  ])('%s is refused', (url, message) => {
    expect(() => triggerAddress(url)).toThrow(message);
  });
});

describe('another address', () => {
  it.each(['*', '/', '//api', '/api/a/runs/r/actions/b/callback?x=%00', '/runtime/x?$filter=a'])(
    '%s may be asked for',
    (url) => expect(() => assertSound(url)).not.toThrow(),
  );

  it.each([
    ['/runtime/webhooks/workflow/api/management/workflows/a%00', 'U+0000'],
    ["/runtime/webhooks/workflow/api/management/workflows/a/runs?$filter='%00'", 'U+0000'],
    ['/api/a/runs/%00/response', 'U+0000'],
    ['http://%zz/runtime', 'is none'],
  ])('%s may not', (url, message) => expect(() => assertSound(url)).toThrow(message));
});
