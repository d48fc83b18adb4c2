export { OpenRoute, RequiresRole } from './access.js';
export { EntraGuard, principalOfRequest } from './entra.guard.js';
export { EntraModule } from './entra.module.js';
export { EntraStrategy, type BearerRequest, type EntraOptions } from './entra.strategy.js';
export {
  mayActAs,
  principalOf,
  roles,
  type Claims,
  type Principal,
  type Role,
} from './principal.js';
export { SigningKeys, type KeyView, type SigningKeysOptions } from './signing-keys.js';
