import type { LocalFunctionSymbol } from './symbols.js';
import type { Method } from './type-definition.js';
import { named } from './catalogue.js';

const methods = new WeakMap<LocalFunctionSymbol, Method>();

/** A local function as a method, for overload resolution. */
export function localFunctionMethod(symbol: LocalFunctionSymbol): Method {
  let method = methods.get(symbol);
  if (method === undefined) {
    method = {
      kind: 'method',
      name: symbol.name,
      isStatic: true,
      isExtension: false,
      typeParameters: symbol.typeParameters,
      parameters: symbol.parameters,
      returns: symbol.returns,
      declaring: named('object').definition,
      implementation: () => null,
      signature: symbol.name,
    };
    methods.set(symbol, method);
  }
  return method;
}
