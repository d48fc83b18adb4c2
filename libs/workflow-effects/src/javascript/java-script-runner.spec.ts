import { describe, expect, it } from '@jest/globals';
import type { JavaScriptEffect } from '@isthmus/workflow-engine';
import { JavaScriptRunner } from './java-script-runner.js';

function effectOf(code: string, milliseconds = 5000): JavaScriptEffect {
  return {
    kind: 'javascript',
    id: 'J#1',
    path: 'J',
    idempotencyKey: 'run:J',
    timeout: 1000,
    code,
    workflowContext: {
      actions: { A: { outputs: { n: 20 } } },
      trigger: null,
      workflow: { name: 'w' },
    },
    limits: { milliseconds, characters: 1000 },
  };
}

const run = (code: string, milliseconds?: number) =>
  new JavaScriptRunner().run(effectOf(code, milliseconds), new AbortController().signal);

describe('JavaScriptRunner', () => {
  it('gives what the code returns', async () => {
    await expect(
      run('const n = workflowContext.actions.A.outputs.n; return { n: n + 1, text: `x` };'),
    ).resolves.toEqual({
      kind: 'value',
      effectId: 'J#1',
      value: { n: 21, text: 'x' },
    });
  });

  it('gives null for code that returns nothing', async () => {
    await expect(run('workflowContext;')).resolves.toMatchObject({ value: null });
  });

  it('waits for a promise', async () => {
    await expect(run('return Promise.resolve(7);')).resolves.toMatchObject({ value: 7 });
  });

  it('fails with what the code throws', async () => {
    await expect(run('throw new TypeError("no");')).resolves.toMatchObject({
      kind: 'failure',
      code: 'InlineCodeScriptRuntimeError',
      message: expect.stringContaining('TypeError: no') as unknown,
    });
  });

  it('fails for code that is none', async () => {
    await expect(run('return (')).resolves.toMatchObject({
      kind: 'failure',
      message: expect.stringContaining('SyntaxError') as unknown,
    });
  });

  it('sees neither process nor require nor a clock of the network', async () => {
    await expect(
      run(
        'return [typeof process, typeof require, typeof fetch, typeof setTimeout, typeof globalThis.process];',
      ),
    ).resolves.toMatchObject({
      value: ['undefined', 'undefined', 'undefined', 'undefined', 'undefined'],
    });
  });

  it('ends code that does not end', async () => {
    await expect(run('for (;;) {}', 200)).resolves.toMatchObject({
      kind: 'failure',
      message: expect.stringContaining('too long') as unknown,
    });
  });

  it('ends code that takes all memory', async () => {
    await expect(
      run('const a = []; for (;;) a.push(new Array(10000).fill(1));', 1000),
    ).resolves.toMatchObject({ kind: 'failure' });
  });

  it('gives up when the action has ended', async () => {
    const abort = new AbortController();
    const outcome = new JavaScriptRunner().run(effectOf('for (;;) {}'), abort.signal);
    abort.abort(new Error('over'));
    await expect(outcome).rejects.toThrow('over');
  });
});
