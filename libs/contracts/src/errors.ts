import { Type, type Static } from '@sinclair/typebox';

/** The error body of every management API, in the shape that Azure Resource Manager uses. */
export const ErrorBody = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    details: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.Optional(Type.String()),
          target: Type.Optional(Type.String()),
          message: Type.String(),
        }),
      ),
    ),
  }),
});
export type ErrorBody = Static<typeof ErrorBody>;

/** A call between services that did not succeed: the other side's status and error body. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  constructor(
    readonly operationId: string,
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(`${operationId}: ${status} ${code}: ${message}`);
  }

  /** Every mistake, where the other side lists them. */
  details: NonNullable<ErrorBody['error']['details']> = [];
}
