import type { TreeNode } from '../xml-tree/tree-node.js';
import { compileTextTemplate } from './avt.js';
import type { InstructionCompiler } from './compiler.js';
import { inner } from './frame.js';
import { attributeSets } from './value-instructions.js';
import { loadError, xslNamespace } from './xslt-error.js';

/** Compiles a literal result element: its attributes are templates, its namespaces are copied. */
export const literalElement: InstructionCompiler = (element, compiler) => {
  const scope = compiler.scope(element);
  const { aliases } = compiler.names;
  const aliased = (uri: string, prefix: string) => aliases.get(uri) ?? { prefix, uri };
  const name = aliased(element.uri, element.prefix);
  const attributes = element.attributes
    .filter(({ uri, isDeclaration }) => !isDeclaration && uri !== xslNamespace)
    .map((attribute) => ({
      name:
        attribute.uri === ''
          ? { prefix: '', local: attribute.local, uri: '' }
          : { local: attribute.local, ...aliased(attribute.uri, attribute.prefix) },
      value: compileTextTemplate(attribute.value, scope),
    }));
  const excluded = excludedNamespaces(element);
  const namespaces = element.namespaces
    .toReversed()
    .filter(({ local, value }) => local !== 'xml' && value !== xslNamespace && !excluded.has(value))
    .map(({ local, value }) => aliased(value, local));
  const sets = attributeSets(element, compiler, true);
  const body = compiler.content(element);
  return (frame) => {
    const { output } = frame;
    output.startElement(name.prefix, element.local, name.uri);
    output.namespace(name.prefix, name.uri);
    for (const { prefix, uri } of namespaces) output.namespace(prefix, uri);
    sets(frame);
    for (const attribute of attributes) output.attribute(attribute.name, attribute.value(frame));
    body(inner(frame));
    output.endElement();
  };
};

// Namespaces that exclude-result-prefixes or extension-element-prefixes keep out of the result.
function excludedNamespaces(element: TreeNode): ReadonlySet<string> {
  const excluded = new Set<string>();
  for (let at: TreeNode | null = element; at?.kind === 'element'; at = at.parent) {
    const own = at.uri === xslNamespace ? '' : xslNamespace;
    for (const { uri, local, value } of at.attributes) {
      if (uri !== own || !/^(?:exclude-result|extension-element)-prefixes$/.test(local)) continue;
      for (const prefix of value.split(/\s+/).filter((part) => part !== ''))
        excluded.add(namespaceOf(prefix, at));
    }
  }
  return excluded;
}

/** The namespace of a prefix in a list of prefixes. */
export function namespaceOf(prefix: string, element: TreeNode): string {
  const uri = element.lookupPrefix(prefix === '#default' ? '' : prefix);
  if (uri === undefined && prefix !== '#default')
    throw loadError(`Prefix '${prefix}' is not defined.`);
  return uri ?? '';
}
