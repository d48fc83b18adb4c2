import type { TreeNode } from '../xml-tree/tree-node.js';
import { requiredAttribute } from './compiler.js';
import { namespaceOf } from './literal-element.js';
import { loadError } from './xslt-error.js';

interface Rule {
  readonly uri: string | null;
  readonly local: string | null;
  readonly strip: boolean;
  readonly priority: number;
}

/** xsl:strip-space and xsl:preserve-space: whether an element's white space is dropped. */
export function readStripRules(elements: readonly TreeNode[]): (element: TreeNode) => boolean {
  const rules = elements
    .filter(({ local }) => local === 'strip-space' || local === 'preserve-space')
    .flatMap((element) => {
      const names = requiredAttribute(element, 'elements').trim().split(/\s+/);
      return names.map((name) => ruleOf(name, element));
    });
  if (rules.length === 0) return () => false;
  // The most specific rule wins, then the last.
  const ordered = rules.map((rule, i) => ({ rule, i }));
  ordered.sort((a, b) => b.rule.priority - a.rule.priority || b.i - a.i);
  return ({ uri, local }) =>
    ordered.find(
      ({ rule }) =>
        (rule.uri === null || rule.uri === uri) && (rule.local === null || rule.local === local),
    )?.rule.strip ?? false;
}

function ruleOf(name: string, element: TreeNode): Rule {
  if (name === '') throw loadError("The value of the 'elements' attribute is empty.");
  const strip = element.local === 'strip-space';
  if (name === '*') return { uri: null, local: null, strip, priority: 0 };
  const colon = name.indexOf(':');
  const uri = colon < 0 ? '' : namespaceOf(name.slice(0, colon), element);
  const local = name.slice(colon + 1);
  return local === '*'
    ? { uri, local: null, strip, priority: 1 }
    : { uri, local, strip, priority: 2 };
}
