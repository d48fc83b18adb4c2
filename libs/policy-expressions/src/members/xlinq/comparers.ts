import {
  deepEqualsNodes,
  XComment,
  XContainer,
  XElement,
  XNode,
  XProcessingInstruction,
  XText,
} from '@isthmus/dotnet';
import { hashCode, type Comparer, type EqualityComparer } from '../../runtime/equality.js';
import { typeTable } from '../table.js';
import { compareOrder } from './nodes.js';

class NodeOrder implements Comparer {
  compare(left: unknown, right: unknown): number {
    return compareOrder(left as XNode | null, right as XNode | null);
  }
}

class NodeEquality implements EqualityComparer {
  equals(left: unknown, right: unknown): boolean {
    return deepEqualsNodes(left as XNode | null, right as XNode | null);
  }

  key(value: unknown): unknown {
    return value instanceof XNode ? keyOf(value) : value;
  }
}

// The same text exactly for nodes that are deeply equal.
function keyOf(node: XNode): string {
  if (node instanceof XElement) {
    const attributes = node.attributes().map((a) => [a.name.toString(), a.value]);
    return JSON.stringify([node.name.toString(), node.isEmpty, attributes, contentKeys(node)]);
  }
  if (node instanceof XContainer) return JSON.stringify(contentKeys(node));
  if (node instanceof XText || node instanceof XComment)
    return JSON.stringify([node.nodeType, node.value]);
  if (node instanceof XProcessingInstruction)
    return JSON.stringify([node.nodeType, node.target, node.data]);
  return node.toXml();
}

// Adjacent text is one text.
function contentKeys(container: XContainer): string[] {
  const keys: string[] = [];
  let text = '';
  const endText = (): void => {
    if (text !== '') keys.push(JSON.stringify(text));
    text = '';
  };
  for (const node of container.nodes()) {
    if (node.nodeType === 'Text') {
      text += (node as XText).value;
      continue;
    }
    endText();
    keys.push(keyOf(node));
  }
  endText();
  return keys;
}

export const xNodeOrderTable = typeTable(
  'class System.Xml.Linq.XNodeDocumentOrderComparer : IComparer<XNode>',
  { instance: NodeOrder },
  {
    'new()': () => new NodeOrder(),
    'int Compare(XNode x, XNode y)': (self: NodeOrder, x: XNode | null, y: XNode | null) =>
      self.compare(x, y),
  },
);

export const xNodeEqualityTable = typeTable(
  'class System.Xml.Linq.XNodeEqualityComparer : IEqualityComparer<XNode>',
  { instance: NodeEquality },
  {
    'new()': () => new NodeEquality(),
    'bool Equals(XNode x, XNode y)': (self: NodeEquality, x: XNode | null, y: XNode | null) =>
      self.equals(x, y),
    'int GetHashCode(XNode obj)': (self: NodeEquality, node: XNode | null) =>
      hashCode(self.key(node)),
  },
);
