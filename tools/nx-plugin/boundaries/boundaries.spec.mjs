import { violations } from './violations.mjs';

const node = (name, root) => ({ name: `@isthmus/${name}`, data: { root } });
const nodes = Object.fromEntries(
  [
    node('gateway', 'apps/gateway'),
    node('catalog', 'apps/catalog'),
    node('adapter-new', 'apps/adapter-new'),
    node('policy-engine', 'libs/policy-engine'),
    node('policy-expressions', 'libs/policy-expressions'),
    node('contracts', 'libs/contracts'),
    node('stray', 'libs/stray'),
    node('bench', 'tools/bench'),
  ].map((entry) => [entry.name, entry]),
);
const graph = (source, target) => ({
  nodes,
  dependencies: { [`@isthmus/${source}`]: [{ target: `@isthmus/${target}` }] },
});
const file = (text, path = 'x.ts') => [{ path, text }];

describe('boundaries between projects', () => {
  it.each([
    ['an app imports an app', 'gateway', 'catalog', 'apps are never imported'],
    [
      'an engine imports contracts',
      'policy-engine',
      'contracts',
      'it may depend on policy-expressions, dotnet',
    ],
    [
      'a language imports an engine',
      'policy-expressions',
      'policy-engine',
      'it may depend on dotnet',
    ],
    [
      'an adapter imports an engine',
      'adapter-new',
      'policy-engine',
      'it may depend on contracts, host, connectors, soap-connectors',
    ],
    ['an app imports a tool', 'gateway', 'bench', 'tools are never imported'],
    [
      'a project without a rule depends on anything',
      'stray',
      'contracts',
      'the project has no rule',
    ],
  ])('are broken when %s', (_, source, target, reason) => {
    expect(violations(graph(source, target), {})).toEqual([
      `${source} depends on ${target}: ${reason}`,
    ]);
  });

  it('hold for what the rules allow', () => {
    expect(violations(graph('gateway', 'policy-engine'), {})).toEqual([]);
    expect(violations(graph('bench', 'policy-engine'), {})).toEqual([]);
  });
});

describe('imports in source files', () => {
  const none = { nodes, dependencies: {} };
  it.each([
    ['policy-engine', "import { readFile } from 'node:fs/promises';"],
    ['policy-engine', "import { Injectable } from '@nestjs/common';"],
    ['workflow-engine', "const vm = await import('node:vm');"],
    ['workflow-expressions', "import { setTimeout } from 'node:timers/promises';"],
    ['gateway', "import axios from 'axios';"],
    ['gateway', "import passport from 'passport';"],
    ['policy-engine', "import type { Route } from '@isthmus/contracts';"],
    [
      'gateway',
      "import { x } from '../../../catalog/src/x.js';\nimport y from '../../../../libs/host/src/y.js';",
    ],
  ])('of %s are refused: %s', (project, text) => {
    expect(violations(none, { [project]: file(text) })).toHaveLength(1);
  });

  it('of tests may use Node', () => {
    const text = "import { readFileSync } from 'node:fs';";
    expect(violations(none, { 'policy-engine': file(text, 'x.spec.ts') })).toEqual([]);
  });

  it('of pure libraries may use node:crypto', () => {
    expect(violations(none, { dotnet: file("import { createHash } from 'node:crypto';") })).toEqual(
      [],
    );
  });
});
