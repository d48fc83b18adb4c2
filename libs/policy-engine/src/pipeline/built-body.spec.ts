import { describe, expect, it } from '@jest/globals';
import { BodyRoomError } from '../model/body.js';
import { builtBody } from './built-body.js';
import type { ContextParts } from './context.js';

describe('a body that a policy makes', () => {
  it('counts its bytes as held', () => {
    const taken: number[] = [];
    const parts = { bodyRoom: { take: (bytes: number) => void taken.push(bytes) } };
    const context = { parts: parts as unknown as ContextParts };
    expect(builtBody(context, 'aä€').text).toBe('aä€');
    expect(builtBody(context, new Uint8Array(5)).length).toBe(5);
    expect(taken).toEqual([6, 5]);
  });

  it('is refused where there is no room', () => {
    const take = (): never => {
      throw new BodyRoomError();
    };
    const context = { parts: { bodyRoom: { take } } as unknown as ContextParts };
    expect(() => builtBody(context, 'x')).toThrow(BodyRoomError);
  });
});
