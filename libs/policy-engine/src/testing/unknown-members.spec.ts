import type { PolicyCase } from './policy-case.js';
import { runPolicyCase } from './run-policy-case.js';
import { unknownMembers } from './unknown-members.js';

describe('unknownMembers', () => {
  it('finds what nobody would compare', () => {
    const one = {
      name: 'x',
      polcy: '<base />',
      given: { request: { verb: 'GET' }, backend: [{ stauts: 1 }] },
      expect: { statsu: 200, error: { reson: 'x' }, backend: [{ path: '/' }] },
      steps: [{ afer: 1, expect: { status: 200 } }],
    } as unknown as PolicyCase;
    expect(unknownMembers(one)).toEqual([
      'polcy: there is no such member',
      'given.request.verb: there is no such member',
      'given.backend.stauts: there is no such member',
      'expect.statsu: there is no such member',
      'expect.error.reson: there is no such member',
      'expect.backend.path: there is no such member',
      'steps[0].afer: there is no such member',
      'expect: a case with steps expects in its steps',
    ]);
  });

  it('fails the case', async () => {
    const one = { name: 'x', policy: '', expect: { statsu: 200 } } as unknown as PolicyCase;
    expect((await runPolicyCase(one)).differences).toHaveLength(1);
  });
});
