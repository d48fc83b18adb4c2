import type { NetType } from '../binding/net-type.js';
import { reflectionName } from './reflection-name.js';

/** System.Type: only its names. */
export class NetReflectedType {
  constructor(
    readonly type: NetType,
    readonly isOpen = false,
  ) {}

  get name(): string {
    const { type } = this;
    if (type.kind === 'array') return `${new NetReflectedType(type.element).name}[]`;
    if (type.kind === 'named')
      return type.args.length === 0
        ? type.definition.name
        : `${type.definition.name}\`${type.args.length}`;
    return type.name === 'void' ? 'Void' : type.name;
  }

  get fullName(): string {
    if (this.isOpen && this.type.kind === 'named')
      return `${this.type.definition.fullName}\`${this.type.args.length}`;
    return this.type.kind === 'special' ? 'System.Void' : reflectionName(this.type);
  }
}
