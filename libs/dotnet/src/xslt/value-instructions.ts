import { verifyNCName } from '../xml/chars.js';
import type { TreeNode } from '../xml-tree/tree-node.js';
import { xmlnsUri } from '../xml-tree/tree-node.js';
import { isNodeSet } from '../xpath/xpath-value.js';
import { compileTextTemplate, type TextTemplate } from './avt.js';
import {
  attributeOf,
  checkAttributes,
  requiredAttribute,
  yesNo,
  type Compiler,
  type InstructionCompiler,
} from './compiler.js';
import { compileXPath, expandQName, isFragment, textOfValue } from './expression.js';
import { inner } from './frame.js';
import { ResultBuilder } from './result-builder.js';
import type { Frame, Instruction, XsltValue } from './runtime.js';
import { loadError, xslNamespace } from './xslt-error.js';

const fragmentLimit = 16_000_000;

/** The value of a variable or parameter element: `select`, else its content as a fragment. */
export function compileValue(element: TreeNode, compiler: Compiler): (frame: Frame) => XsltValue {
  checkAttributes(element, ['name', 'select']);
  const select = attributeOf(element, 'select');
  if (select !== undefined) return compileXPath(select, compiler.scope(element)).value;
  if (element.children.length === 0) return () => '';
  const body = compiler.content(element);
  return (frame) => {
    const output = new ResultBuilder(fragmentLimit);
    body({ ...inner(frame), output });
    return output.document;
  };
}

// The text that the content of an element makes.
function compileContentText(element: TreeNode, compiler: Compiler): TextTemplate {
  const body = compiler.content(element);
  return (frame) => {
    const output = new ResultBuilder(fragmentLimit);
    body({ ...inner(frame), output });
    return output.document.stringValue;
  };
}

const text: InstructionCompiler = (element) => {
  checkAttributes(element, ['disable-output-escaping']);
  const raw = yesNo(element, 'disable-output-escaping') ?? false;
  if (element.children.some(({ kind }) => kind === 'element'))
    throw loadError("'xsl:text' cannot have child elements.");
  const value = element.stringValue;
  return (frame) => frame.output.text(value, raw);
};

const valueOf: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['select', 'disable-output-escaping']);
  const select = compileXPath(requiredAttribute(element, 'select'), compiler.scope(element));
  const raw = yesNo(element, 'disable-output-escaping') ?? false;
  return (frame) => frame.output.text(select.text(frame), raw);
};

const copyOf: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['select']);
  const select = compileXPath(requiredAttribute(element, 'select'), compiler.scope(element));
  return (frame) => {
    const value = select.value(frame);
    if (isFragment(value)) frame.output.copy(value);
    else if (isNodeSet(value)) for (const node of value) frame.output.copy(node);
    else frame.output.text(textOfValue(value));
  };
};

const copy: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['use-attribute-sets']);
  const sets = attributeSets(element, compiler);
  const body = compiler.content(element);
  return (frame) => {
    const { node, output } = frame;
    if (node.kind === 'document') return body(inner(frame));
    if (node.kind !== 'element') return output.copy(node);
    output.startCopy(node);
    sets(frame);
    body(inner(frame));
    return output.endElement();
  };
};

const elementInstruction: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['name', 'namespace', 'use-attribute-sets']);
  const name = compileName(element, compiler);
  const sets = attributeSets(element, compiler);
  const body = compiler.content(element);
  return (frame) => {
    const { prefix, local, uri } = name(frame);
    frame.output.startElement(prefix, local, uri);
    frame.output.namespace(prefix, uri);
    sets(frame);
    body(inner(frame));
    frame.output.endElement();
  };
};

const attributeInstruction: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['name', 'namespace']);
  const name = compileName(element, compiler, true);
  const value = compileContentText(element, compiler);
  return (frame) => frame.output.attribute(name(frame), value(frame));
};

// The name of a computed element or attribute: prefix by the stylesheet, or the namespace given.
function compileName(
  element: TreeNode,
  compiler: Compiler,
  isAttribute = false,
): (frame: Frame) => { prefix: string; local: string; uri: string } {
  const scope = compiler.scope(element);
  const name = compileTextTemplate(requiredAttribute(element, 'name'), scope);
  const given = attributeOf(element, 'namespace');
  const namespace = given === undefined ? undefined : compileTextTemplate(given, scope);
  const resolveName = (frame: Frame) => {
    const written = name(frame);
    const colon = written.indexOf(':');
    const prefix = colon < 0 ? '' : verifyName(written.slice(0, colon));
    const local = verifyName(written.slice(colon + 1));
    if (isAttribute && prefix === '' && local === 'xmlns' && !namespace)
      throw loadError(
        "An attribute with a local name 'xmlns' and a null namespace URI cannot be created.",
      );
    const uri = namespace ? namespace(frame) : prefixUri(prefix, element, isAttribute);
    const usable = prefix === 'xmlns' && uri !== xmlnsUri ? '' : prefix;
    return { prefix: uri === '' ? '' : usable, local, uri };
  };
  // A constant name is checked when the stylesheet is loaded.
  const constant = requiredAttribute(element, 'name');
  if (!constant.includes('{') && !given) resolveName(undefined as unknown as Frame);
  return resolveName;
}

function verifyName(name: string): string {
  if (name === '') throw loadError("The empty string '' is not a valid name.");
  return verifyNCName(name);
}

function prefixUri(prefix: string, element: TreeNode, isAttribute: boolean): string {
  if (prefix === '' && isAttribute) return '';
  const uri = prefix === '' ? (element.lookupPrefix('') ?? '') : element.lookupPrefix(prefix);
  if (uri === undefined) throw loadError(`Prefix '${prefix}' is not defined.`);
  return uri;
}

const comment: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, []);
  const value = compileContentText(element, compiler);
  return (frame) => frame.output.comment(value(frame));
};

const instruction: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['name']);
  const name = compileTextTemplate(requiredAttribute(element, 'name'), compiler.scope(element));
  const value = compileContentText(element, compiler);
  return (frame) =>
    frame.output.instruction(verifyName(name(frame)), value(frame).replace(/^\s+/, ''));
};

/** `use-attribute-sets` of an element (`xsl:use-attribute-sets` of a literal one). */
export function attributeSets(element: TreeNode, compiler: Compiler, literal = false): Instruction {
  const uri = literal ? xslNamespace : '';
  const list = element.attributes.find(
    (one) => one.local === 'use-attribute-sets' && one.uri === uri,
  );
  const names = (list?.value ?? '').split(/\s+/).filter((name) => name !== '');
  const sets = names.map((name) => {
    const expanded = expandQName(name, element);
    if (!compiler.names.attributeSets.has(expanded))
      throw loadError(`A reference to attribute set '${name}' cannot be resolved.`);
    return expanded;
  });
  return (frame) => {
    for (const name of sets)
      for (const set of frame.run.stylesheet.attributeSets.get(name) ?? []) set(frame);
  };
}

/** Instructions that make nodes. */
export const valueInstructions: readonly (readonly [string, InstructionCompiler])[] = [
  ['text', text],
  ['value-of', valueOf],
  ['copy-of', copyOf],
  ['copy', copy],
  ['element', elementInstruction],
  ['attribute', attributeInstruction],
  ['comment', comment],
  ['processing-instruction', instruction],
];
