import { DotNetError } from '../dotnet-error.js';
import { JObject } from '../json/j-object.js';
import type { JToken } from '../json/j-token.js';
import { TreeNode } from '../xml-tree/tree-node.js';

/** Adds `?xml` as an XML declaration. */
export function addDeclaration(value: JToken, parent: TreeNode): void {
  const known = readKnown(value, ['@version', '@encoding', '@standalone'], 'XmlDeclaration');
  const version = known.get('@version');
  if (version === undefined) throw error('Version not specified for XML declaration.', value);
  const node = new TreeNode('declaration', { prefix: '', local: 'xml', uri: '' }, version);
  node.details = [known.get('@encoding') ?? null, known.get('@standalone') ?? null];
  parent.append(node);
}

/** Adds `!DOCTYPE` as a document type. */
export function addDoctype(value: JToken, parent: TreeNode): void {
  const names = ['@name', '@public', '@system', '@internalSubset'];
  const known = readKnown(value, names, 'XmlDeclaration');
  const subset = known.get('@internalSubset') ?? '';
  const node = new TreeNode(
    'doctype',
    { prefix: '', local: known.get('@name') ?? '', uri: '' },
    subset,
  );
  node.details = [known.get('@public') ?? null, known.get('@system') ?? null];
  parent.append(node);
}

function readKnown(value: JToken, names: readonly string[], what: string): Map<string, string> {
  const found = new Map<string, string>();
  if (!(value instanceof JObject)) return found;
  for (const { name, value: member } of value.properties()) {
    if (!names.includes(name))
      throw error(
        `Unexpected property name encountered while deserializing ${what}: ${name}.`,
        member,
      );
    found.set(name, member.toString());
  }
  return found;
}

function error(message: string, token: JToken): DotNetError {
  return new DotNetError(
    'Newtonsoft.Json.JsonSerializationException',
    `${message} Path '${token.path}'.`,
  );
}
