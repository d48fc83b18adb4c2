import { describe, expect, it, jest } from '@jest/globals';
import { abortSignalOf, CallStop } from './call-signal.js';

describe('CallStop', () => {
  it('tells listeners once, with the reason of the first abort', () => {
    const stop = new CallStop();
    const heard = jest.fn();
    const left = jest.fn();
    const leaving = { handleEvent: left };
    stop.addEventListener('abort', { handleEvent: heard });
    stop.addEventListener('abort', leaving);
    stop.removeEventListener('abort', leaving);
    stop.throwIfAborted();
    stop.abort(new Error('first'));
    stop.abort(new Error('second'));
    expect(heard).toHaveBeenCalledTimes(1);
    expect(left).not.toHaveBeenCalled();
    expect(stop.aborted).toBe(true);
    expect(() => stop.throwIfAborted()).toThrow('first');
  });

  it('has the reason of the platform where none is given', () => {
    const stop = new CallStop();
    stop.abort();
    expect(stop.reason).toMatchObject({ name: 'AbortError' });
  });

  it('becomes a signal of the platform, before and after it is aborted', () => {
    const stop = new CallStop();
    const before = abortSignalOf(stop);
    expect(before.aborted).toBe(false);
    stop.abort('enough');
    expect(before).toMatchObject({ aborted: true, reason: 'enough' });
    expect(abortSignalOf(stop)).toMatchObject({ aborted: true, reason: 'enough' });
    const { signal } = new AbortController();
    expect(abortSignalOf(signal)).toBe(signal);
  });
});
