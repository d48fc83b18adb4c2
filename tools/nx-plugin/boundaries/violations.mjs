import { ruleOf } from './rules.mjs';

/** Every way to say in TypeScript that a module is needed. */
const specifiers =
  /(?:\bfrom|\bimport|\brequire|\bjest\.unstable_mockModule)\s*\(?\s*['"]([^'"]+)['"]/g;

/**
 * What a workspace does against the rules, one sentence each.
 *
 * @param graph `nx graph --file` output: projects with their root and dependencies
 * @param sources the source files of a project: `{ path, text }[]` by short name
 */
export function violations(graph, sources) {
  const roots = Object.fromEntries(
    Object.values(graph.nodes).map((node) => [node.name, node.data.root]),
  );
  const found = [];
  for (const [name, dependencies] of Object.entries(graph.dependencies)) {
    const project = shortName(name);
    const root = roots[name] ?? '';
    for (const { target } of dependencies) {
      if (roots[target] === undefined) continue;
      const reason = forbidden(project, root, shortName(target), roots[target]);
      if (reason) found.push(`${project} depends on ${shortName(target)}: ${reason}`);
    }
  }
  for (const [project, files] of Object.entries(sources)) {
    for (const file of files) found.push(...violationsOfFile(project, file));
  }
  return found;
}

function forbidden(project, root, target, targetRoot) {
  if (targetRoot.startsWith('apps/')) return 'apps are never imported';
  if (targetRoot.startsWith('tools/'))
    return root.startsWith('tools/') ? undefined : 'tools are never imported';
  if (root.startsWith('tools/') || root === '.') return undefined;
  const rule = ruleOf(project);
  if (!rule) return 'the project has no rule';
  return rule.may.includes(target)
    ? undefined
    : `it may depend on ${rule.may.join(', ') || 'nothing'}`;
}

function violationsOfFile(project, { path, text }) {
  const rule = ruleOf(project);
  if (!rule) return [];
  const test = /\.spec\.ts$/.test(path);
  return [...text.matchAll(specifiers)].flatMap(([, specifier]) => {
    const own = /^@isthmus\/([^/]+)/.exec(specifier)?.[1];
    if (own && own !== project && !rule.may.includes(own)) return [`${path} imports ${specifier}`];
    if (/^(\.\.\/)+(apps|libs|tools)\//.test(specifier))
      return [`${path} reaches into another project: ${specifier}`];
    if (!test && rule.packages.some((pattern) => pattern.test(specifier)))
      return [`${path} imports ${specifier}`];
    return [];
  });
}

/** `@isthmus/gateway` is called gateway. */
export function shortName(name) {
  return name.replace(/^@isthmus\//, '');
}
