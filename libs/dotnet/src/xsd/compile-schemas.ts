import { XmlDocument, XmlLibError, XsdValidator, XmlElement, type ErrorDetail } from 'libxml2-wasm';
import { DotNetError } from '../dotnet-error.js';
import { attributeText } from '../xml/escape.js';
import { DocumentFacts } from './schema-facts.js';
import { libxmlOptions, libxmlText, patternsForLibxml } from './libxml-text.js';
import { SchemaFolder } from './schema-folder.js';

/** One schema document; `name` is what other documents call it in `schemaLocation`. */
export interface SchemaSource {
  readonly name?: string;
  readonly text: string;
}

export interface SchemaProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** A set of schemas that documents can be validated against; release it with `dispose`. */
export interface CompiledSchemas {
  /** The problems of a document; none if it is valid. Never throws. */
  validate(xml: string): readonly SchemaProblem[];
  dispose(): void;
}

/**
 * Compiles schemas as an XmlSchemaSet; throws XmlSchemaException or XmlException. Documents are
 * found among the given ones only: nothing is read from files or the network.
 */
export function compileSchemas(schemas: readonly SchemaSource[]): CompiledSchemas {
  const facts = schemas.map(({ text }) => DocumentFacts.of(text));
  for (const { isSchema, hasEmptyTarget } of facts) {
    if (!isSchema)
      throw schemaException(
        'The root element of a W3C XML Schema should be <schema> and its namespace should be http://www.w3.org/2001/XMLSchema.',
      );
    if (hasEmptyTarget)
      throw schemaException('The targetNamespace attribute cannot have empty string as its value.');
  }
  const validator = compile(schemas, facts);
  const namespaces = new Set(facts.map(({ targetNamespace }) => targetNamespace));
  return {
    validate: (xml) => validateDocument(validator, namespaces, xml),
    dispose: () => validator.dispose(),
  };
}

function compile(schemas: readonly SchemaSource[], facts: readonly DocumentFacts[]): XsdValidator {
  const folder = new SchemaFolder();
  try {
    const names = schemas.map(({ name, text }, i) =>
      folder.add(name ?? `schema-${i}.xsd`, patternsForLibxml(libxmlText(text))),
    );
    // .NET leaves out what it cannot find; libxml2 wants something to include.
    for (const location of facts.flatMap(({ includes }) => includes)) folder.addMissing(location);
    if (names.length === 1)
      return fromText(patternsForLibxml(libxmlText(schemas[0]!.text)), names[0]!);
    return fromText(driverOf(names, facts, folder), folder.nameOf('driver.xsd'));
  } finally {
    folder.clear();
  }
}

// One document that imports each namespace; documents of the same namespace are included together.
function driverOf(
  names: readonly string[],
  facts: readonly DocumentFacts[],
  folder: SchemaFolder,
): string {
  const groups = new Map<string, string[]>();
  for (const [i, { targetNamespace }] of facts.entries())
    groups.set(targetNamespace, [...(groups.get(targetNamespace) ?? []), names[i]!]);
  const imports = [...groups].map(([namespace, members], i) => {
    const location =
      members.length === 1
        ? members[0]!
        : folder.add(`group-${i}.xsd`, schemaText(namespace, members.map(include).join('')));
    const named = namespace === '' ? '' : ` namespace="${attributeText(namespace)}"`;
    return `<xs:import${named} schemaLocation="${attributeText(location)}"/>`;
  });
  // A target of its own lets it import documents without namespace too.
  return schemaText('isthmus-schema:driver', imports.join(''));
}

function include(name: string): string {
  return `<xs:include schemaLocation="${attributeText(name)}"/>`;
}

function schemaText(namespace: string, content: string): string {
  const target = namespace === '' ? '' : ` targetNamespace="${attributeText(namespace)}"`;
  return `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"${target}>${content}</xs:schema>`;
}

function fromText(text: string, url: string): XsdValidator {
  let document: XmlDocument | undefined;
  try {
    document = XmlDocument.fromString(text, { url, option: libxmlOptions });
    return XsdValidator.fromDoc(document);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw schemaException(error.message.trim());
  } finally {
    document?.dispose();
  }
}

function validateDocument(
  validator: XsdValidator,
  namespaces: ReadonlySet<string>,
  xml: string,
): readonly SchemaProblem[] {
  let document: XmlDocument | undefined;
  try {
    const facts = DocumentFacts.of(xml);
    document = XmlDocument.fromString(libxmlText(xml), { option: libxmlOptions });
    if (namespaces.has(facts.root?.uri ?? '')) return problemsOf(validator, document);
    // A root that no schema covers gives .NET a warning only; what stands in it is still checked.
    return covered(document.root, namespaces)
      .flatMap((element) => problemsOf(validator, element))
      .filter(({ message }) => !message.includes('No matching global declaration'));
  } catch (error) {
    if (error instanceof DotNetError) return [problemOf(error)];
    // Text that our parser takes and libxml2 does not.
    if (error instanceof Error) return [{ message: error.message.trim(), line: 1, column: 1 }];
    throw error;
  } finally {
    document?.dispose();
  }
}

// The outermost elements whose namespace has a schema.
function covered(element: XmlElement, namespaces: ReadonlySet<string>): XmlElement[] {
  if (namespaces.has(element.namespaceUri)) return [element];
  const found: XmlElement[] = [];
  for (let node = element.firstChild; node; node = node.next)
    if (node instanceof XmlElement) found.push(...covered(node, namespaces));
  return found;
}

function problemsOf(validator: XsdValidator, part: XmlDocument | XmlElement): SchemaProblem[] {
  try {
    if (part instanceof XmlElement) validator.validate(part);
    else validator.validate(part);
    return [];
  } catch (error) {
    if (error instanceof XmlLibError) return error.details.map(problemOfDetail);
    throw error;
  }
}

function problemOfDetail({ message, line, col }: ErrorDetail): SchemaProblem {
  return { message: message.trim(), line, column: col };
}

function problemOf(error: DotNetError): SchemaProblem {
  const place = / Line (\d+), position (\d+)\.$/.exec(error.message);
  return { message: error.message, line: Number(place?.[1] ?? 1), column: Number(place?.[2] ?? 1) };
}

function schemaException(message: string): DotNetError {
  return new DotNetError('System.Xml.Schema.XmlSchemaException', message);
}
