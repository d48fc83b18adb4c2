import { ContractError } from '@isthmus/contracts';

/** A mistake in how a command was called, or a service that does not answer; the message is for the user. */
export class UsageError extends Error {}

/**
 * What the user is told of an error that ended a command: its sentence where the error is one of usage, of a service, of the
 * file system or of the network; undefined for a defect, which is told with its stack.
 */
export function sentenceOf(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof ContractError) return error.message;
  const isOfSystem =
    typeof error === 'object' && error !== null && 'syscall' in error && 'message' in error;
  return isOfSystem ? String(error.message) : undefined;
}
