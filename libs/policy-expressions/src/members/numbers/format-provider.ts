import { typeTable } from '../table.js';

/** Only `null` can be passed for it: no culture is on the list of types, so the invariant one is used. */
export const formatProviderTable = typeTable('interface System.IFormatProvider', {}, {});
