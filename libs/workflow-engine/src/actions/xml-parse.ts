import { buildTree, DotNetError, type TreeNode } from '@isthmus/dotnet';
import {
  Float,
  integerOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { ActionType } from './action-type.js';
import { artifactName, contentText, missingContent, namedArtifact } from './content-text.js';
import { failed, succeeded } from './succeeded.js';
import { elementShapes, type ElementShape } from './xml-schema-shape.js';
import { worded } from '../run/worded.js';

/**
 * JSON of XML, by a schema: elements that may repeat are arrays also when there is one, numbers and booleans are
 * such; attributes are `@name`, text beside them `#text`.
 */
export const xmlParse: ActionType = {
  type: 'XmlParse',
  start(inputs, scope) {
    const content = contentText(inputs);
    if (content === undefined) return missingContent;
    const found = namedArtifact(artifactName(inputs, 'schema'), 'schema', scope);
    if ('refusal' in found) return found.refusal;
    const { name, text: schema } = found;
    try {
      const shapes = elementShapes(schema);
      const root = buildTree(content).children.find((node) => node.kind === 'element');
      const shape = root && shapes.get(root.local);
      if (!root || !shape)
        return failed(
          'XmlParseFailed',
          worded`The schema '${name}' has no element '${root?.local ?? ''}'.`,
        );
      return succeeded({ body: { [root.local]: valueOf(root, shape) } });
    } catch (error) {
      if (!(error instanceof DotNetError)) throw error;
      return failed(
        'XmlParseFailed',
        worded`The content or its schema is no XML: ${error.message}`,
      );
    }
  },
};

const text: ElementShape = { scalar: 'text', repeats: false, children: new Map() };

function valueOf(element: TreeNode, shape: ElementShape): WorkflowValue {
  const attributes = element.attributes.filter((one) => !one.isDeclaration && one.uri === '');
  const children = element.children.filter((node) => node.kind === 'element');
  const isNil = element.attributes.some((one) => one.local === 'nil' && one.value === 'true');
  if (isNil) return null;
  if (children.length === 0 && attributes.length === 0) {
    return shape.children.size > 0 ? {} : scalarOf(element.stringValue, shape.scalar);
  }
  const members: Record<string, WorkflowValue> = {};
  for (const attribute of attributes) members[`@${attribute.local}`] = attribute.value;
  for (const child of children) {
    const inner = shape.children.get(child.local) ?? text;
    const value = valueOf(child, inner);
    const known = members[child.local];
    if (inner.repeats || known !== undefined)
      members[child.local] = [
        ...(Array.isArray(known) ? (known as WorkflowValue[]) : known === undefined ? [] : [known]),
        value,
      ];
    else members[child.local] = value;
  }
  if (children.length === 0) members['#text'] = scalarOf(element.stringValue, shape.scalar);
  return members satisfies WorkflowObject;
}

function scalarOf(content: string, kind: ElementShape['scalar']): WorkflowValue {
  const trimmed = content.trim();
  switch (kind) {
    case 'boolean':
      return trimmed === 'true' || trimmed === '1'
        ? true
        : trimmed === 'false' || trimmed === '0'
          ? false
          : content;
    case 'integer':
      return /^[+-]?\d+$/.test(trimmed) ? (integerOf(BigInt(trimmed)) ?? content) : content;
    case 'number': {
      const number = trimmed === '' ? Number.NaN : Number(trimmed);
      if (!Number.isFinite(number)) return content;
      return Number.isInteger(number) ? new Float(number) : number;
    }
    case 'text':
    case undefined:
      return content;
  }
}
