import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Infers build, test, lint and serve targets from each project's package.json: no project.json per project. */
export const name = 'isthmus-targets';

export const createNodesV2 = [
  '{apps,libs,tools}/*/package.json',
  (files, _options, context) => files.map((file) => [file, describe(file, context.workspaceRoot)]),
];

function describe(file, root) {
  const dir = dirname(file);
  const kind = dir.split('/')[0];
  const targets = {
    test: {
      command: `node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --passWithNoTests ${dir}/`,
      cache: true,
      // Some tests start built services; the compiler looks at what has changed only.
      dependsOn: [{ projects: ['workspace'], target: 'compile' }],
      inputs: [
        'default',
        '^default',
        '{workspaceRoot}/jest.config.mjs',
        { externalDependencies: ['jest', '@swc/jest', '@swc/core'] },
      ],
    },
    lint: {
      command: `oxlint --type-aware -c .oxlintrc.json ${dir} && oxfmt --check ${dir}`,
      cache: true,
      inputs: [
        'default',
        '^default',
        '{workspaceRoot}/.oxlintrc.json',
        '{workspaceRoot}/.oxfmtrc.json',
        { externalDependencies: ['oxlint', 'oxfmt', 'oxlint-tsgolint'] },
      ],
    },
  };
  if (existsSync(join(root, dir, 'tsconfig.json'))) {
    targets.build = {
      command: 'tsc -b',
      options: { cwd: dir },
      cache: true,
      dependsOn: ['^build'],
      inputs: ['default', '^default', { externalDependencies: ['typescript'] }],
      outputs: ['{projectRoot}/dist'],
    };
  }
  if (kind === 'apps' && existsSync(join(root, dir, 'src/app.module.ts'))) {
    targets.serve = {
      // In the root of the workspace, so that all services share its .isthmus folder.
      command: `node --watch --enable-source-maps ${dir}/dist/main.js`,
      continuous: true,
      dependsOn: ['build', { projects: ['workspace'], target: 'watch' }],
    };
  }
  const pkg = JSON.parse(readFileSync(join(root, file), 'utf8'));
  const tags = [
    `type:${kind === 'libs' ? 'lib' : kind === 'apps' ? 'app' : 'tool'}`,
    `name:${pkg.name.split('/')[1]}`,
  ];
  return {
    projects: {
      [dir]: { projectType: kind === 'libs' ? 'library' : 'application', tags, targets },
    },
  };
}
