import { XElement } from './x-element.js';
import { XDocumentType, XProcessingInstruction, XText, XComment } from './x-leaves.js';
import { XContainer } from './x-container.js';
import type { XNode } from './x-node.js';
import { countWork } from '../work-meter.js';

/** XNode.DeepEquals: adjacent text counts as one, the order of attributes matters. */
export function deepEqualsNodes(a: XNode | null, b: XNode | null): boolean {
  countWork(1);
  if (a === b) return true;
  if (a === null || b === null || a.nodeType !== b.nodeType) return false;
  if (a instanceof XElement && b instanceof XElement) return equalElements(a, b);
  if (a instanceof XContainer && b instanceof XContainer) return equalContent(a, b);
  if (a instanceof XText && b instanceof XText) return a.value === b.value;
  if (a instanceof XComment && b instanceof XComment) return a.value === b.value;
  if (a instanceof XProcessingInstruction && b instanceof XProcessingInstruction)
    return a.target === b.target && a.data === b.data;
  return a instanceof XDocumentType && b instanceof XDocumentType && a.toXml() === b.toXml();
}

function equalElements(a: XElement, b: XElement): boolean {
  if (!a.name.equals(b.name) || a.isEmpty !== b.isEmpty) return false;
  const [first, second] = [a.attributes(), b.attributes()];
  return (
    first.length === second.length &&
    first.every(
      (attribute, i) =>
        attribute.name.equals(second[i]!.name) && attribute.value === second[i]!.value,
    ) &&
    equalContent(a, b)
  );
}

function equalContent(a: XContainer, b: XContainer): boolean {
  const [first, second] = [merged(a), merged(b)];
  return (
    first.length === second.length &&
    first.every((part, i) => {
      const other = second[i]!;
      if (typeof part === 'string' || typeof other === 'string') return part === other;
      return deepEqualsNodes(part, other);
    })
  );
}

// Plain text becomes a string so that adjacent pieces join.
function merged(container: XContainer): (string | XNode)[] {
  const parts: (string | XNode)[] = [];
  for (const node of container.nodes()) {
    const last = parts.at(-1);
    if (node.nodeType !== 'Text') parts.push(node);
    else if (typeof last === 'string') parts[parts.length - 1] = last + (node as XText).value;
    else parts.push((node as XText).value);
  }
  return parts;
}
