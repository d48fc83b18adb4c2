import { unreadMembers } from './unread-members.js';

describe('unreadMembers', () => {
  it('finds what nobody would read', () => {
    const found = unreadMembers({
      name: 'x',
      actons: {},
      given: {
        triger: {},
        answers: { Call: [{ status: 200 }, { bdy: 1, failure: { cod: 'x' } }] },
        callbacks: { Wait: { afer: 'PT1S' } },
      },
      expect: 7,
    });
    expect(found).toEqual([
      'actons: there is no such member',
      'given.triger: there is no such member',
      'given.answers.Call.bdy: there is no such member',
      'given.answers.Call.failure.cod: there is no such member',
      'given.callbacks.Wait.afer: there is no such member',
      'expect: must be an object',
    ]);
  });

  it('asks for an expectation', () => {
    expect(unreadMembers({ name: 'x', actions: {} })).toEqual([
      'expect: a case that expects nothing cannot fail',
    ]);
  });

  it('takes bodies and headers as they are', () => {
    const given = { trigger: { body: { any: 1 } }, answers: { A: { body: { any: 1 } } } };
    expect(unreadMembers({ name: 'x', actions: {}, given, expect: { status: 'Failed' } })).toEqual(
      [],
    );
  });
});
