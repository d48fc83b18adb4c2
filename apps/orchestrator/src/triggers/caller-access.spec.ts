import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { CallerAccess, isAllowed, satisfiesPolicies } from './caller-access.js';

const request = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as Request;
const rules = (...ranges: string[]) => ({
  triggers: { allowedCallerIpAddresses: ranges.map((addressRange) => ({ addressRange })) },
});

describe('the address of a caller', () => {
  const access = new CallerAccess(['10.0.0.0/8'], ['127.0.0.1', '10.9.0.0/16']);
  it.each([
    ['a header of a stranger is not believed', '203.0.113.7', '1.2.3.4', '203.0.113.7'],
    ['a known proxy is', '127.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['the entry of the proxy counts', '::ffff:127.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['a chain of known proxies is followed', '127.0.0.1', '1.2.3.4, 10.9.1.1', '1.2.3.4'],
    ['what is no address is not believed', '127.0.0.1', 'unknown', '127.0.0.1'],
    ['no header', '127.0.0.1', '', '127.0.0.1'],
  ])('%s: %s with %s', (_, remote, forwarded, expected) => {
    expect(access.addressOf(request(remote, forwarded))).toBe(expected);
  });
  it('a wrong range in the settings is named', () => {
    expect(() => new CallerAccess(['10.0.0.0/99'], [])).toThrow("'10.0.0.0/99' is no address");
  });
});

describe('accessControl', () => {
  it.each([
    ['10.1.2.3', ['10.0.0.0/8'], true],
    ['11.1.2.3', ['10.0.0.0/8'], false],
    ['10.0.0.5', ['10.0.0.1-10.0.0.9'], true],
    ['10.0.0.10', ['10.0.0.1-10.0.0.9'], false],
    ['10.0.0.1', ['10.0.0.1'], true],
    ['2001:db8::1', ['2001:db8::/32'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['10.0.0.1', [], false],
    ['', ['10.0.0.0/8'], false],
  ])('lets %s in by %j: %s', (address, ranges, expected) => {
    expect(isAllowed(rules(...ranges), 'triggers', address)).toBe(expected);
    expect(isAllowed(rules(...ranges), 'contents', address)).toBe(true);
  });

  it('policies: one has to match with all its claims', () => {
    const control = {
      triggers: {
        openAuthenticationPolicies: {
          policies: {
            a: {
              claims: [
                { name: 'iss', value: 'i' },
                { name: 'azp', value: 'x' },
              ],
            },
            b: { claims: [{ name: 'roles', value: 'admin' }] },
          },
        },
      },
    };
    expect(satisfiesPolicies(undefined, {})).toBeUndefined();
    expect(satisfiesPolicies(control, { iss: 'i' })).toBe(false);
    expect(satisfiesPolicies(control, { iss: 'i', azp: 'x' })).toBe(true);
    expect(satisfiesPolicies(control, { roles: ['user', 'admin'] })).toBe(true);
    expect(
      satisfiesPolicies(
        { triggers: { openAuthenticationPolicies: { policies: { c: { claims: [] } } } } },
        {},
      ),
    ).toBe(false);
  });
});
