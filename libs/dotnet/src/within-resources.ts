import { DotNetError } from './dotnet-error.js';

/**
 * Runs what recurses over trees that callers build or nests texts: where the stack or the length
 * of a string ends, .NET's exception says so instead of a RangeError.
 */
export function withinResources<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw error.message.includes('stack')
      ? new DotNetError(
          'System.InsufficientExecutionStackException',
          'Insufficient stack to continue executing the program safely. This can happen from having too many functions on the call stack or function on the stack using too much stack space.',
        )
      : new DotNetError(
          'System.OutOfMemoryException',
          "Exception of type 'System.OutOfMemoryException' was thrown.",
        );
  }
}
