import type { ImportInput } from '../../imported-api.js';
import { childrenNamed, qualifiedName, readXml } from '../xml-tree.js';
import type { XmlTree } from '../xml-tree.js';
import { relatedDocuments } from './related-documents.js';
import type { QualifiedName } from './xsd-shapes.js';

/** The body of a message as its binding says. */
export interface WsdlMessage {
  readonly parts: readonly WsdlPart[];
  /** Encoded by section 5 of SOAP 1.1, in place of what the schemas say. */
  readonly encoded: boolean;
  /** Of the wrapper that the style rpc puts around the parts. */
  readonly namespace: string;
}

/** One part of a message: an element, or a type for the style rpc. */
export interface WsdlPart {
  readonly name: string;
  readonly element?: QualifiedName;
  readonly type?: QualifiedName;
}

/** One operation of a port, messages resolved to the elements that they carry. */
export interface WsdlOperation {
  readonly name: string;
  /** SOAPAction as the binding says, "" when it says none. */
  readonly action: string;
  readonly style: 'document' | 'rpc';
  readonly input: string | undefined;
  readonly output: string | undefined;
  /** What the body of either message holds; undefined for a message that is not there. */
  readonly messages: {
    readonly input: WsdlMessage | undefined;
    readonly output: WsdlMessage | undefined;
  };
  readonly documentation: string;
}

/** A port of a service; `soap` is absent for other bindings (HTTP GET, MIME). */
export interface WsdlPort {
  /** Name of its service; undefined for a binding that no service has. */
  readonly service: string | undefined;
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
  const { definitions: documents, schemas } = relatedDocuments(root, input);
  const find: Find = (kind, name) => {
    const all = documents.flatMap((one) => childrenNamed(one, kind));
    if (name === undefined) return all.length === 1 ? all[0] : undefined;
    return all.find((one) => one.attributes['name'] === name);
  };
  const services = documents.flatMap((one) => childrenNamed(one, 'service'));
  const ports = services.flatMap((service) =>
    childrenNamed(service, 'port').map((port) => portOf(port, service.attributes['name'], find)),
  );
  return {
    serviceName: services[0]?.attributes['name'] ?? root.attributes['name'],
    documentation: documentation(root) || (services[0] ? documentation(services[0]) : ''),
    ports: ports.length > 0 ? ports : documents.flatMap((one) => unserved(one, find)),
    schemas,
  };
}

/** Finds a definition by name; without a name the only one of its kind, if there is no other. */
type Find = (kind: string, name: string | undefined) => XmlTree | undefined;

/** A document without a service still tells its operations: each binding counts as a port. */
function unserved(document: XmlTree, find: Find): WsdlPort[] {
  return childrenNamed(document, 'binding').map((binding) => {
    const name = binding.attributes['name'] ?? '';
    const port = { ...binding, children: [], attributes: { name, binding: name } };
    return portOf(port, undefined, find);
  });
}

function portOf(port: XmlTree, service: string | undefined, find: Find): WsdlPort {
  const address = port.children.find((child) => child.name === 'address');
  const binding =
    find('binding', qualifiedName(port, port.attributes['binding'] ?? '').local) ??
    find('binding', undefined);
  const soapBinding = binding?.children.find(
    (child) =>
      child.name === 'binding' && (child.namespace === soap11 || child.namespace === soap12),
  );
  const soap = soapVersion(soapBinding ?? address);
  const portType =
    binding && find('portType', qualifiedName(binding, binding.attributes['type'] ?? '').local);
  const operations = binding
    ? childrenNamed(binding, 'operation').map((operation) =>
        operationOf(operation, { soapBinding, portType, find }),
      )
    : [];
  return {
    service,
    name: port.attributes['name'] ?? '',
    soap,
    address: address?.attributes['location'],
    operations,
  };
}

/** The version that an element of SOAP's binding belongs to; undefined for other bindings. */
function soapVersion(element: XmlTree | undefined): WsdlPort['soap'] {
  if (element?.namespace === soap12) return '1.2';
  return element?.namespace === soap11 ? '1.1' : undefined;
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
  const parts = (direction: string): XmlTree[] => {
    const message = abstract && childrenNamed(abstract, direction)[0];
    const found =
      message &&
      context.find('message', qualifiedName(message, message.attributes['message'] ?? '').local);
    return found ? childrenNamed(found, 'part') : [];
  };
  const element = (direction: string): string | undefined => {
    const [part] = parts(direction);
    const written = part?.attributes['element'] ?? part?.attributes['type'];
    return part && written ? qualifiedName(part, written).local : undefined;
  };
  return {
    name,
    action: soap?.attributes['soapAction'] ?? '',
    style: style === 'rpc' ? 'rpc' : 'document',
    input: element('input'),
    output: element('output'),
    messages: {
      input: messageOf('input', operation, parts('input')),
      output: messageOf('output', operation, parts('output')),
    },
    documentation: documentation(operation) || (abstract ? documentation(abstract) : ''),
  };
}

/** Parts that stand in the body: those that the binding names, else all that are no headers. */
function messageOf(
  direction: 'input' | 'output',
  operation: XmlTree,
  parts: readonly XmlTree[],
): WsdlMessage | undefined {
  const bound = childrenNamed(operation, direction)[0];
  if (!bound && parts.length === 0) return undefined;
  const bodies = bound ? descendantsNamed(bound, 'body') : [];
  const headers = new Set(
    (bound ? descendantsNamed(bound, 'header') : []).map((one) => one.attributes['part']),
  );
  const named = bodies[0]?.attributes['parts']?.split(/\s+/).filter((one) => one !== '');
  const inBody = parts.filter(({ attributes: { name } }) =>
    named ? named.includes(name ?? '') : !headers.has(name),
  );
  return {
    parts: inBody.map((part) => {
      const { name = '', element, type } = part.attributes;
      return {
        name,
        ...(element === undefined ? {} : { element: qualifiedName(part, element) }),
        ...(type === undefined ? {} : { type: qualifiedName(part, type) }),
      };
    }),
    encoded: bodies[0]?.attributes['use'] === 'encoded',
    namespace: bodies[0]?.attributes['namespace'] ?? '',
  };
}

/** Elements of SOAP's bindings below a message, within MIME parts as well. */
function descendantsNamed(element: XmlTree, name: string): XmlTree[] {
  return element.children.flatMap((child) =>
    child.name === name && (child.namespace === soap11 || child.namespace === soap12)
      ? [child]
      : descendantsNamed(child, name),
  );
}

function documentation(element: XmlTree): string {
  return (childrenNamed(element, 'documentation')[0]?.text ?? '').replace(/\s+/g, ' ').trim();
}
