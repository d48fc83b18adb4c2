import type { ImportInput } from '../../imported-api.js';
import type { WsdlDocument, WsdlPort } from './document.js';

/**
 * The ports that one API is made of: what `wsdlSelector` names, else the first SOAP port and all others at its
 * address (usually the same operations in SOAP 1.1 and 1.2). Ports that are left out are told; none: an error is told.
 */
export function choosePorts(document: WsdlDocument, input: ImportInput): readonly WsdlPort[] {
  const { wsdlServiceName, wsdlEndpointName } = input.wsdlSelector ?? {};
  const tell = (severity: 'error' | 'warning', message: string): void =>
    input.report({ severity, message, file: input.file, line: 1, column: 1 });
  const named = document.ports.filter(
    (one) =>
      (wsdlServiceName === undefined || one.service === wsdlServiceName) &&
      (wsdlEndpointName === undefined || one.name === wsdlEndpointName),
  );
  if (named.length === 0 && input.wsdlSelector && document.ports.length > 0) {
    const known = document.ports.map((one) => `${one.service ?? '-'}/${one.name}`).join(', ');
    tell('error', `The document has no such service and endpoint; it has ${known}.`);
    return [];
  }
  const soap = named
    .filter((one) => one.soap !== undefined)
    .sort((a, b) => Math.sign(b.operations.length) - Math.sign(a.operations.length));
  const [first, ...others] = soap;
  if (!first) {
    tell('error', 'The document binds no port to SOAP 1.1 or SOAP 1.2 over HTTP.');
    return [];
  }
  if (first.operations.length === 0)
    tell('warning', `The port '${first.name}' has no operations; every action goes to it.`);
  const chosen = [first];
  for (const one of others) {
    if (one.address === first.address) chosen.push(one);
    else if (!repeats(one, first))
      tell(
        'warning',
        `The port '${one.name}' stands at another address and is left out; choose it by wsdlSelector.`,
      );
  }
  return chosen;
}

/** Whether a port offers nothing that the other one does not. */
function repeats(one: WsdlPort, other: WsdlPort): boolean {
  const actions = new Set(other.operations.map(({ name, action }) => `${name} ${action}`));
  return one.operations.every(({ name, action }) => actions.has(`${name} ${action}`));
}
