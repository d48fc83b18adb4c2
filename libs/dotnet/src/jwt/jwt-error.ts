import { DotNetError } from '../dotnet-error.js';

/** The kinds of failure of Microsoft's token library, by the names of its exceptions. */
export type JwtFailure =
  | 'SecurityTokenMalformedException'
  | 'SecurityTokenException'
  | 'SecurityTokenInvalidSignatureException'
  | 'SecurityTokenSignatureKeyNotFoundException'
  | 'SecurityTokenNoExpirationException'
  | 'SecurityTokenInvalidLifetimeException'
  | 'SecurityTokenNotYetValidException'
  | 'SecurityTokenExpiredException'
  | 'SecurityTokenInvalidAudienceException'
  | 'SecurityTokenInvalidIssuerException';

/** A token that cannot be read or is refused; the message begins with Microsoft's code. */
export class JwtError extends DotNetError {
  constructor(
    readonly failure: JwtFailure,
    readonly code: string,
    message: string,
  ) {
    super(`Microsoft.IdentityModel.Tokens.${failure}`, `${code}: ${message}`);
  }
}
