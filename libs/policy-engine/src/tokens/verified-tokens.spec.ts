import { generateKeyPairSync, sign } from 'node:crypto';
import type { JsonWebKey } from '@isthmus/dotnet';
import type { PolicyContext } from '../pipeline/context.js';
import { FixedClock } from '../ports/clock.js';
import { fakePorts } from '../ports/ports.js';
import { checkToken, type TokenRules } from './token-check.js';
import { VerifiedTokens } from './verified-tokens.js';

const keyPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const { publicKey, privateKey } = keyPair();
const jwkOf = (key = publicKey) => key.export({ format: 'jwk' }) as unknown as JsonWebKey;
const now = Date.parse('2026-01-01T00:00:00Z');

function tokenOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${head}.${sign('sha256', Buffer.from(head), privateKey).toString('base64url')}`;
}

const rules: TokenRules = {
  keys: [jwkOf()],
  issuers: undefined,
  audiences: undefined,
  requireExpirationTime: true,
  requireSignedTokens: true,
  clockSkew: 0,
};

const contextAt = (clock: FixedClock) => ({ ports: fakePorts({ clock }) }) as PolicyContext;

describe('tokens whose signature was verified before', () => {
  const exp = now / 1000 + 60;

  it('are read once for the same keys', () => {
    const context = contextAt(new FixedClock(now));
    const token = tokenOf({ sub: 'a', exp });
    expect(checkToken(token, { ...rules, keys: [jwkOf()] }, context)).toBe(
      checkToken(token, rules, context),
    );
  });

  it('expire all the same', () => {
    const context = contextAt(new FixedClock(now));
    const token = tokenOf({ sub: 'b', exp });
    checkToken(token, rules, context);
    const later = { ports: { ...context.ports, clock: new FixedClock(now + 61_000) } };
    Object.assign(context, later);
    expect(() => checkToken(token, rules, context)).toThrow(/Lifetime|expired/i);
  });

  it('are refused where audience or issuer differ', () => {
    const context = contextAt(new FixedClock(now));
    const token = tokenOf({ sub: 'c', aud: 'api://one', iss: 'https://one', exp });
    checkToken(token, { ...rules, audiences: ['api://one'], issuers: ['https://one'] }, context);
    expect(() => checkToken(token, { ...rules, audiences: ['api://two'] }, context)).toThrow(
      /audience/i,
    );
    expect(() => checkToken(token, { ...rules, issuers: ['https://two'] }, context)).toThrow(
      /issuer/i,
    );
  });

  it('are verified again when the keys change', () => {
    const context = contextAt(new FixedClock(now));
    const token = tokenOf({ sub: 'd', exp });
    checkToken(token, rules, context);
    const other = jwkOf(keyPair().publicKey);
    expect(() => checkToken(token, { ...rules, keys: [other] }, context)).toThrow(/signature|key/i);
  });

  it('are not mistaken for others that differ in one character', () => {
    const context = contextAt(new FixedClock(now));
    const token = tokenOf({ sub: 'e', exp });
    checkToken(token, rules, context);
    const [head = '', payload = '', signature = ''] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ sub: 'root', exp })).toString('base64url');
    expect(() => checkToken(`${head}.${forged}.${signature}`, rules, context)).toThrow(
      /signature/i,
    );
    expect(() => checkToken(`${head}.${payload}.`, rules, context)).toThrow(/signature/i);
  });

  it('make room for new ones', () => {
    const tokens = new VerifiedTokens();
    const context = contextAt(new FixedClock(now));
    const jwt = checkToken(tokenOf({ sub: 'f', exp }), rules, context);
    for (let index = 0; index < 10_001; index += 1)
      tokens.keep(`token-${index}`, { keys: rules.keys, jwt, at: now });
    expect(tokens.find('token-0', rules.keys, now)).toBeUndefined();
    expect(tokens.find('token-10000', rules.keys, now)).toBe(jwt);
  });

  it('are verified again after some minutes, when the clock went back, and each time when nothing is to be kept', () => {
    const jwt = checkToken(tokenOf({ sub: 'g', exp }), rules, contextAt(new FixedClock(now)));
    const [usual, never] = [new VerifiedTokens(), new VerifiedTokens(0)];
    for (const tokens of [usual, never]) tokens.keep('token', { keys: rules.keys, jwt, at: now });
    expect(usual.find('token', rules.keys, now + 299_999)).toBe(jwt);
    expect(usual.find('token', rules.keys, now + 300_000)).toBeUndefined();
    expect(usual.find('token', rules.keys, now - 1)).toBeUndefined();
    expect(never.find('token', rules.keys, now)).toBeUndefined();
  });
});
