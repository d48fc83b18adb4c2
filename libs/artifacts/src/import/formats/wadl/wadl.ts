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
  const target = targets(root);
  const operations: ImportedOperation[] = [];
  let serviceUrl: string | undefined;
  for (const resources of childrenNamed(root, 'resources')) {
    serviceUrl ??= resources.attributes['base'];
    for (const resource of childrenNamed(resources, 'resource')) {
      for (const { method, path, params } of methodsOf(resource, target, '', [])) {
        const operation = operationOf(target(method), { path, params, target, input });
        operations.push({ ...operation, name: unique(operation.name) });
      }
    }
  }
  const base = serviceUrl?.replace(/\/+$/, '');
  return { type: 'http', ...(base ? { serviceUrl: base } : {}), operations, schemas: [] };
}

/** What an element with `href="#id"` stands for; any other stands for itself. */
type Target = (element: XmlTree) => XmlTree;

function targets(root: XmlTree): Target {
  const definitions = new Map<string, XmlTree>();
  const note = (element: XmlTree): void => {
    const id = element.attributes['id'];
    if (id !== undefined) definitions.set(`${element.name}#${id}`, element);
    element.children.forEach(note);
  };
  note(root);
  return (element) =>
    definitions.get(`${element.name}${element.attributes['href'] ?? ''}`) ?? element;
}

/** A method with its path and the parameters of the resources around it. */
interface PlacedMethod {
  readonly method: XmlTree;
  readonly path: string;
  readonly params: readonly XmlTree[];
}

function methodsOf(
  resource: XmlTree,
  target: Target,
  above: string,
  inherited: readonly XmlTree[],
): PlacedMethod[] {
  const own = templateOf(resource.attributes['path'] ?? '').replace(/^\/+/, '');
  // A resource at "/" is the one around it; any other trailing slash belongs to the path.
  const path = own === '' ? above : `${above.replace(/\/+$/, '')}/${own}`;
  const params = [...inherited, ...childrenNamed(resource, 'param').map(target)];
  return [
    ...childrenNamed(resource, 'method').map((method) => ({
      method,
      path: path === '' ? '/' : path,
      params,
    })),
    ...childrenNamed(resource, 'resource').flatMap((child) =>
      methodsOf(child, target, path, params),
    ),
  ];
}

/** JAX-RS writes the pattern of a parameter into the path, `{id: [0-9]{3}}`; the template has the name alone. */
function templateOf(path: string): string {
  return path.replace(/\{\s*([^{}:\s]+)\s*:(?:[^{}]|\{[^{}]*\})*\}/g, '{$1}');
}

function operationOf(
  method: XmlTree,
  {
    path,
    params,
    target,
    input,
  }: Omit<PlacedMethod, 'method'> & { readonly target: Target; readonly input: ImportInput },
): ImportedOperation {
  const verb = (method.attributes['name'] ?? 'GET').toUpperCase();
  const id = method.attributes['id'] ?? '';
  const request = childrenNamed(method, 'request')[0];
  const all = [...params, ...(request ? childrenNamed(request, 'param').map(target) : [])].map(
    (one) => ({ style: one.attributes['style'], contract: parameter(one) }),
  );
  // As with every format: a required query parameter stands in the template and takes part in matching.
  const isTranslated = ({ style, contract }: (typeof all)[number]): boolean =>
    style === 'query' && contract.required && input.requiredQueryParameters === 'template';
  const translated = all.filter(isTranslated).map(({ contract }) => contract);
  const styled = (style: string): WadlParameter[] =>
    all.filter((one) => one.style === style && !isTranslated(one)).map(({ contract }) => contract);
  const query = translated.map(({ name }) => `${name}={${name}}`).join('&');
  const title = childrenNamed(method, 'doc')[0]?.attributes['title'];
  return {
    name: isResourceName(id) ? id : normaliseOperationName(id || `${verb}-${path}`),
    properties: {
      displayName: title ?? (id || `${verb} - ${path}`),
      method: verb,
      urlTemplate: query === '' ? path : `${path}?${query}`,
      templateParameters: [...styled('template'), ...translated],
      request: {
        queryParameters: styled('query'),
        headers: styled('header'),
        representations: representations(request, target),
      },
      responses: childrenNamed(method, 'response').map((response) => ({
        statusCode: Number(response.attributes['status']?.split(' ')[0] ?? 200),
        description: '',
        headers: [],
        representations: representations(response, target),
      })),
    },
  };
}

/** ARM's ParameterContract, as far as WADL tells it. */
interface WadlParameter {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly values: readonly string[];
  readonly defaultValue?: string;
}

function parameter(param: XmlTree): WadlParameter {
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

function representations(holder: XmlTree | undefined, target: Target): Record<string, unknown>[] {
  if (!holder) return [];
  return childrenNamed(holder, 'representation')
    .map(target)
    .map((one) => ({
      contentType: one.attributes['mediaType'] ?? 'application/xml',
    }));
}
