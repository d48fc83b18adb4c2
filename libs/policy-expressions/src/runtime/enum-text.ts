import { formatException } from '@isthmus/dotnet';
import type { TypeDefinition } from '../binding/type-definition.js';

/** ToString() of an enum value: its name, names joined by ", " for [Flags], otherwise the number. */
export function enumText(definition: TypeDefinition, value: number): string {
  const facts = definition.enumeration;
  if (!facts) return String(value);
  for (const [name, number] of Object.entries(facts.values)) if (number === value) return name;
  if (!facts.flags) return String(value);
  let rest = value;
  const names: string[] = [];
  const descending = Object.entries(facts.values)
    .filter(([, number]) => number !== 0)
    .sort((a, b) => b[1] - a[1]);
  for (const [name, number] of descending) {
    if ((rest & number) !== number) continue;
    names.unshift(name);
    rest &= ~number;
  }
  return rest === 0 && names.length > 0 ? names.join(', ') : String(value);
}

/** Enum.ToString("G" | "D" | "X" | "F"). */
export function formatEnum(definition: TypeDefinition, value: number, format: string): string {
  switch (format.toUpperCase()) {
    case 'G':
    case 'F':
      return enumText(definition, value);
    case 'D':
      return String(value);
    case 'X':
      return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
    default:
      throw formatException('Format string can be only "G", "g", "X", "x", "F", "f", "D" or "d".');
  }
}
