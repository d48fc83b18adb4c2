import { DotNetError } from '../dotnet-error.js';

/** DotLiquid.Exceptions.SyntaxException. */
export function syntaxError(message: string): DotNetError {
  return new DotNetError('DotLiquid.Exceptions.SyntaxException', message);
}

/** What the engine writes in the place of what failed. */
export function inlineError(error: DotNetError): string {
  const kind = error.typeName.endsWith('SyntaxException') ? 'Liquid syntax error' : 'Liquid error';
  return `${kind}: ${error.message}`;
}

/** A template took more work or made more output than allowed; never written inline. */
export class LiquidLimitError extends Error {}
