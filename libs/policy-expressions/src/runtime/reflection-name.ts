import type { NetType } from '../binding/net-type.js';

/** Type.ToString(): ``System.Collections.Generic.List`1[System.String]``, `System.Int32[]`. */
export function reflectionName(type: NetType | null): string {
  if (type === null) return '';
  switch (type.kind) {
    case 'array':
      return `${reflectionName(type.element)}[${','.repeat(type.rank - 1)}]`;
    case 'named': {
      const name = type.definition.fullName;
      return type.args.length === 0
        ? name
        : `${name}\`${type.args.length}[${type.args.map(reflectionName).join(',')}]`;
    }
    case 'parameter':
    case 'special':
      return type.name;
  }
}
