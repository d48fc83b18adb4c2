import { DotNetError } from '../dotnet-error.js';

/** A place in XML text; both count from 1. */
export interface XmlPlace {
  readonly line: number;
  readonly position: number;
}

/** System.Xml.XmlException; the place is appended to the message as .NET does. */
export function xmlException(message: string, place?: XmlPlace): DotNetError {
  const where = place ? ` Line ${place.line}, position ${place.position}.` : '';
  return new DotNetError('System.Xml.XmlException', `${message}${where}`);
}

/** A character as .NET's messages show it: `' ', hexadecimal value 0x20`. */
export function characterText(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const shown = code === 0 ? '.' : char;
  return `'${shown}', hexadecimal value 0x${code.toString(16).toUpperCase().padStart(2, '0')}`;
}
