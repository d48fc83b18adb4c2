import { writeJson, type ExpressionNode } from '@isthmus/workflow-expressions';

/** An expression as it would be written; its spelling of members and blanks is our own. */
export function expressionText(node: ExpressionNode): string {
  if (node.kind === 'literal') {
    const { value } = node;
    return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : writeJson(value);
  }
  const keys = node.dereferences.map(
    ({ isSafe, key }) => `${isSafe ? '?' : ''}[${expressionText(key)}]`,
  );
  return `${node.name}(${node.arguments.map(expressionText).join(', ')})${keys.join('')}`;
}
