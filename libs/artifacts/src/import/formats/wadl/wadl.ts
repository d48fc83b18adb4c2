import type {
  ImportedApi,
  ImportedOperation,
  ImportFormat,
  ImportInput,
} from '../../imported-api.js';
import { isResourceName, normaliseOperationName, uniqueNames } from '../../operation-name.js';
import { childrenNamed, readXml } from '../xml-tree.js';
import type { XmlTree } from '../xml-tree.js';

/** WADL (Web Application Description Language, 2009): resources, methods, parameters. */
export const wadl: ImportFormat = {
  name: 'wadl',
  recognises: (file, text) =>
    /\.wadl$/i.test(file) || /<(\w+:)?application\s[^>]*wadl/.test(text.slice(0, 4096)),
  read: readWadl,
};

function readWadl(input: ImportInput): ImportedApi | undefined {
  const root = readXml(input);
  if (!root) return undefined;
  if (root.name !== 'application') {
    const message = `The root of a WADL document is 'application', not '${root.name}'.`;
    input.report({ severity: 'error', message, file: input.file, line: root.line, column: 1 });
    return undefined;
  }
  const unique = uniqueNames();
  const operations: ImportedOperation[] = [];
  let serviceUrl: string | undefined;
  for (const resources of childrenNamed(root, 'resources')) {
    serviceUrl ??= resources.attributes['base'];
    for (const resource of childrenNamed(resources, 'resource')) {
      walk(resource, '', [], (operation) =>
        operations.push({ ...operation, name: unique(operation.name) }),
      );
    }
  }
  const base = serviceUrl?.replace(/\/+$/, '');
  return { type: 'http', ...(base ? { serviceUrl: base } : {}), operations, schemas: [] };
}

function walk(
  resource: XmlTree,
  above: string,
  inherited: readonly XmlTree[],
  add: (operation: ImportedOperation) => void,
): void {
  const path = `${above}/${(resource.attributes['path'] ?? '').replace(/^\/+|\/+$/g, '')}`.replace(
    /\/+$/,
    '',
  );
  const params = [...inherited, ...childrenNamed(resource, 'param')];
  for (const method of childrenNamed(resource, 'method'))
    add(operationOf(method, path === '' ? '/' : path, params));
  for (const child of childrenNamed(resource, 'resource')) walk(child, path, params, add);
}

function operationOf(method: XmlTree, path: string, params: readonly XmlTree[]): ImportedOperation {
  const verb = (method.attributes['name'] ?? 'GET').toUpperCase();
  const id = method.attributes['id'] ?? '';
  const request = childrenNamed(method, 'request')[0];
  const all = [...params, ...(request ? childrenNamed(request, 'param') : [])];
  const styled = (style: string): Record<string, unknown>[] =>
    all.filter((one) => one.attributes['style'] === style).map(parameter);
  const title = childrenNamed(method, 'doc')[0]?.attributes['title'];
  return {
    name: isResourceName(id) ? id : normaliseOperationName(id || `${verb}-${path}`),
    properties: {
      displayName: title ?? (id || `${verb} - ${path}`),
      method: verb,
      urlTemplate: path,
      templateParameters: styled('template'),
      request: {
        queryParameters: styled('query'),
        headers: styled('header'),
        representations: representations(request),
      },
      responses: childrenNamed(method, 'response').map((response) => ({
        statusCode: Number(response.attributes['status']?.split(' ')[0] ?? 200),
        description: '',
        headers: [],
        representations: representations(response),
      })),
    },
  };
}

function parameter(param: XmlTree): Record<string, unknown> {
  const style = param.attributes['style'];
  return {
    name: param.attributes['name'] ?? '',
    type: param.attributes['type']?.replace(/^\w+:/, '') ?? 'string',
    required: style === 'template' || param.attributes['required'] === 'true',
    values: childrenNamed(param, 'option').map((option) => option.attributes['value'] ?? ''),
    ...(param.attributes['default'] === undefined
      ? {}
      : { defaultValue: param.attributes['default'] }),
  };
}

function representations(holder: XmlTree | undefined): Record<string, unknown>[] {
  if (!holder) return [];
  return childrenNamed(holder, 'representation').map((one) => ({
    contentType: one.attributes['mediaType'] ?? 'application/xml',
  }));
}
