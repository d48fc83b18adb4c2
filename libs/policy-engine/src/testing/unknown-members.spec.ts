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
      'policy: a case needs policy, documents or artifacts',
    ]);
  });

  it('finds what is missing, and what is no part of a case', () => {
    const of = (one: object): readonly string[] =>
      unknownMembers({ name: 'x', ...one } as unknown as PolicyCase);
    expect(of({ documents: { apii: '' }, expect: {} })).toEqual([
      'documents.apii: there is no such member',
    ]);
    expect(of({ policy: '', section: 'inbond', expect: {} })).toEqual([
      "section: 'inbond' is no section",
    ]);
    const nothing = 'expect: a case that expects nothing cannot fail';
    expect(of({ policy: '' })).toEqual([nothing]);
    expect(of({ policy: '', steps: [] })).toEqual([nothing]);
    expect(of({ policy: {}, given: 3, expect: 7 })).toEqual([
      'policy: must be a text',
      'given: must be an object',
      'expect: must be an object',
    ]);
  });

  it('fails the case', async () => {
    const one = { name: 'x', policy: '', expect: { statsu: 200 } } as unknown as PolicyCase;
    expect((await runPolicyCase(one)).differences).toHaveLength(1);
  });
});
