import type { ImportInput } from '../../imported-api.js';
import { childrenNamed, qualifiedName, readXml } from '../xml-tree.js';
import type { XmlTree } from '../xml-tree.js';

/** One operation of a port, messages resolved to the elements that they carry. */
export interface WsdlOperation {
  readonly name: string;
  /** SOAPAction as the binding says, "" when it says none. */
  readonly action: string;
  readonly style: 'document' | 'rpc';
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly documentation: string;
}

/** A port of a service; `soap` is absent for other bindings (HTTP GET, MIME). */
export interface WsdlPort {
  readonly name: string;
  readonly soap: '1.1' | '1.2' | undefined;
  readonly address: string | undefined;
  readonly operations: readonly WsdlOperation[];
}

/** A WSDL 1.1 document together with those it imports. */
export interface WsdlDocument {
  readonly serviceName: string | undefined;
  readonly documentation: string;
  readonly ports: readonly WsdlPort[];
  readonly schemas: readonly XmlTree[];
}

const soap11 = 'http://schemas.xmlsoap.org/wsdl/soap/';
const soap12 = 'http://schemas.xmlsoap.org/wsdl/soap12/';

/** Opens a document; imports are taken from `related`, and a missing one is told. */
export function openWsdl(input: ImportInput): WsdlDocument | undefined {
  const root = readXml(input);
  if (!root) return undefined;
  if (root.name !== 'definitions') {
    const message = `The root of a WSDL 1.1 document is 'definitions', not '${root.name}'.`;
    input.report({ severity: 'error', message, file: input.file, line: root.line, column: 1 });
    return undefined;
  }
  const documents = withImports(root, input, new Set());
  const find = (kind: string, name: string): XmlTree | undefined =>
    documents
      .flatMap((one) => childrenNamed(one, kind))
      .find((one) => one.attributes['name'] === name);
  const services = documents.flatMap((one) => childrenNamed(one, 'service'));
  const ports = services.flatMap((service) =>
    childrenNamed(service, 'port').map((port) => portOf(port, find)),
  );
  return {
    serviceName: services[0]?.attributes['name'] ?? root.attributes['name'],
    documentation: documentation(root) || (services[0] ? documentation(services[0]) : ''),
    ports: ports.length > 0 ? ports : documents.flatMap((one) => unserved(one, find)),
    schemas: documents.flatMap((one) =>
      childrenNamed(one, 'types').flatMap((types) => childrenNamed(types, 'schema')),
    ),
  };
}

function withImports(root: XmlTree, input: ImportInput, seen: Set<string>): XmlTree[] {
  const documents = [root];
  for (const one of childrenNamed(root, 'import')) {
    const location = one.attributes['location'] ?? '';
    if (location === '' || seen.has(location)) continue;
    seen.add(location);
    const text = input.related?.get(location) ?? input.related?.get(location.replace(/^\.\//, ''));
    if (text === undefined) {
      const message = `The imported document '${location}' is not here.`;
      input.report({ severity: 'warning', message, file: input.file, line: one.line, column: 1 });
      continue;
    }
    const imported = readXml({ text, file: location, report: input.report });
    if (imported?.name === 'definitions') documents.push(...withImports(imported, input, seen));
  }
  return documents;
}

type Find = (kind: string, name: string) => XmlTree | undefined;

/** A document without a service still tells its operations: each binding counts as a port. */
function unserved(document: XmlTree, find: Find): WsdlPort[] {
  return childrenNamed(document, 'binding').map((binding) => {
    const name = binding.attributes['name'] ?? '';
    return portOf({ ...binding, children: [], attributes: { name, binding: name } }, find);
  });
}

function portOf(port: XmlTree, find: Find): WsdlPort {
  const address = port.children.find((child) => child.name === 'address');
  const binding = find('binding', qualifiedName(port, port.attributes['binding'] ?? '').local);
  const soapBinding = binding?.children.find(
    (child) =>
      child.name === 'binding' && (child.namespace === soap11 || child.namespace === soap12),
  );
  const soap = soapBinding ? (soapBinding.namespace === soap12 ? '1.2' : '1.1') : undefined;
  const portType =
    binding && find('portType', qualifiedName(binding, binding.attributes['type'] ?? '').local);
  const operations = binding
    ? childrenNamed(binding, 'operation').map((operation) =>
        operationOf(operation, { soapBinding, portType, find }),
      )
    : [];
  return {
    name: port.attributes['name'] ?? '',
    soap,
    address: address?.attributes['location'],
    operations,
  };
}

function operationOf(
  operation: XmlTree,
  context: { soapBinding: XmlTree | undefined; portType: XmlTree | undefined; find: Find },
): WsdlOperation {
  const name = operation.attributes['name'] ?? '';
  const soap = operation.children.find(
    (child) =>
      child.name === 'operation' && (child.namespace === soap11 || child.namespace === soap12),
  );
  const abstract = context.portType
    ? childrenNamed(context.portType, 'operation').find((one) => one.attributes['name'] === name)
    : undefined;
  const style = soap?.attributes['style'] ?? context.soapBinding?.attributes['style'];
  const element = (direction: string): string | undefined => {
    const message = abstract && childrenNamed(abstract, direction)[0];
    const found =
      message &&
      context.find('message', qualifiedName(message, message.attributes['message'] ?? '').local);
    const part = found && childrenNamed(found, 'part')[0];
    const written = part?.attributes['element'] ?? part?.attributes['type'];
    return part && written ? qualifiedName(part, written).local : undefined;
  };
  return {
    name,
    action: soap?.attributes['soapAction'] ?? '',
    style: style === 'rpc' ? 'rpc' : 'document',
    input: element('input'),
    output: element('output'),
    documentation: documentation(operation) || (abstract ? documentation(abstract) : ''),
  };
}

function documentation(element: XmlTree): string {
  return (childrenNamed(element, 'documentation')[0]?.text ?? '').replace(/\s+/g, ' ').trim();
}
