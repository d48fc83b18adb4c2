import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Where the documents that a WSDL imports are read from: a copy beside the WSDL goes before the address that an import
 * names, so that a service is described without reaching its schemas' authors.
 */
export function beside(wsdl: string): (location: string) => string {
  return (location) => {
    if (!URL.canParse(location)) return location;
    const copy = join(dirname(wsdl), basename(new URL(location).pathname));
    return existsSync(copy) ? copy : location;
  };
}
