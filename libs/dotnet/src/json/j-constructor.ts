import { argumentException } from '../dotnet-error.js';
import { JContainer } from './j-container.js';
import { indexKey, keyText } from './key.js';
import type { JToken } from './j-token.js';
import type { JTokenType } from './j-token-type.js';

/** Newtonsoft.Json.Linq.JConstructor: `new Name(arguments)`, which its reader accepts. */
export class JConstructor extends JContainer {
  name: string | null;

  constructor(name: string | null, content: Iterable<unknown> = []) {
    super();
    this.name = name;
    this.add([...content]);
  }

  // Accessors: a tree has many nodes, and each would carry fields.
  override get type(): JTokenType {
    return 'Constructor';
  }

  override get className(): string {
    return 'JConstructor';
  }

  override get(key: unknown): JToken | null {
    const index = indexKey(key);
    if (index === null)
      throw argumentException(
        `Accessed JConstructor values with invalid key value: ${keyText(key)}. Argument position index expected.`,
      );
    return this.items[index] ?? null;
  }

  override deepClone(): JConstructor {
    const copy = new JConstructor(this.name);
    for (const item of this.items) copy.append(item.deepClone());
    return copy;
  }
}
