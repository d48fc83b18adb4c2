import { parseDocument, type XElement } from '@isthmus/dotnet';
import type { Client } from 'soap';
import type { PortDescription } from './swagger.js';

/** The port of a WSDL that a connector calls. */
export interface ChosenPort {
  readonly service: string;
  readonly port: string;
  /** As the namespace of its address says. */
  readonly version: '1.1' | '1.2';
  readonly operations: PortDescription;
}

const versions: Readonly<Record<string, '1.1' | '1.2'>> = {
  'http://schemas.xmlsoap.org/wsdl/soap/': '1.1',
  'http://schemas.xmlsoap.org/wsdl/soap12/': '1.2',
};

/**
 * The first port bound to SOAP that has operations; the others of a service usually offer the same in another version.
 * A service that stands in an imported document does not tell its version: its first port counts as SOAP 1.1.
 * @throws Error when no port has an operation that SOAP can call.
 */
export function choosePort(client: Client): ChosenPort {
  const told = toldVersions(client.wsdl.toXML());
  const services = client.describe() as Record<string, Record<string, PortDescription>>;
  for (const [service, ports] of Object.entries(services)) {
    for (const [port, operations] of Object.entries(ports)) {
      const version = told.size === 0 ? '1.1' : told.get(`${service} ${port}`);
      if (version !== undefined && Object.keys(operations).length > 0)
        return { service, port, version, operations };
    }
  }
  throw new Error('No port of the WSDL has operations bound to SOAP 1.1 or SOAP 1.2.');
}

/** "service port" to the version of SOAP, for every port that a document itself binds to SOAP; empty: it has no service. */
function toldVersions(text: string): Map<string, '1.1' | '1.2' | undefined> {
  const named = (element: XElement, name: string): XElement[] =>
    element.elements().filter((child) => child.name.localName === name);
  const nameOf = (element: XElement): string =>
    element.attributes().find((one) => one.name.toString() === 'name')?.value ?? '';
  const { root } = parseDocument(text);
  const ports = (root ? named(root, 'service') : []).flatMap((service) =>
    named(service, 'port').map((port) => {
      const [address] = named(port, 'address');
      return [
        `${nameOf(service)} ${nameOf(port)}`,
        versions[address?.name.namespaceName ?? ''],
      ] as const;
    }),
  );
  return new Map(ports);
}
