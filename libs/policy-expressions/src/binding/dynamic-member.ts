import { CompileError } from './problem.js';

/** `dynamic` members are refused, as API Management does ("Dynamic member invocation is not supported"). */
export function dynamicMember(name: string, start: number): never {
  throw new CompileError('CS1969', `Dynamic member invocation is not supported: '${name}'`, start);
}
