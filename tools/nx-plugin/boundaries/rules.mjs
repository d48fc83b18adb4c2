/**
 * Who may import whom (docs/adr/0002-boundaries.md). A project may depend on what its row lists and
 * on nothing else of this workspace; `packages` are third-party packages that it must not import.
 */
export const rules = {
  dotnet: { may: [] },
  contracts: { may: [] },
  database: { may: [] },
  http1: { may: [] },
  'policy-expressions': { may: ['dotnet'] },
  'workflow-expressions': { may: ['dotnet'] },
  'policy-engine': { may: ['policy-expressions', 'dotnet'] },
  'workflow-engine': { may: ['workflow-expressions', 'dotnet'] },
  artifacts: { may: ['contracts', 'dotnet'] },
  'workflow-effects': { may: ['http1', 'workflow-engine', 'workflow-expressions', 'dotnet'] },
  host: { may: ['contracts'] },
  entra: { may: ['contracts', 'host'] },
  connectors: { may: ['contracts', 'host'] },
  'soap-connectors': { may: ['connectors', 'dotnet', 'host'] },
  gateway: {
    may: [
      'contracts',
      'host',
      'http1',
      'artifacts',
      'policy-engine',
      'policy-expressions',
      'dotnet',
    ],
    packages: [/^axios$/, /passport/],
  },
  catalog: {
    may: [
      'contracts',
      'host',
      'entra',
      'database',
      'artifacts',
      'policy-engine',
      'policy-expressions',
      'dotnet',
    ],
  },
  orchestrator: {
    may: [
      'contracts',
      'host',
      'entra',
      'database',
      'workflow-engine',
      'workflow-expressions',
      'workflow-effects',
      'dotnet',
    ],
  },
  cli: {
    may: [
      'contracts',
      'artifacts',
      'policy-engine',
      'policy-expressions',
      'workflow-engine',
      'workflow-expressions',
      'workflow-effects',
      'dotnet',
    ],
  },
  e2e: { may: ['contracts', 'artifacts'] },
};

/** Adapters, generated ones too, are alike. */
const adapter = { may: ['contracts', 'host', 'connectors', 'soap-connectors'] };

/** Languages and engines do no I/O and know no framework. */
const pure = [
  'dotnet',
  'policy-expressions',
  'workflow-expressions',
  'policy-engine',
  'workflow-engine',
];
const forbiddenInPure = [
  /^@nestjs\//,
  /^rxjs$/,
  /^(node:)?(fs|fs\/promises|net|http|http2|https|tls|dgram|dns|child_process|cluster|worker_threads|timers|timers\/promises|vm|os|readline|repl|inspector|process)$/,
];

/** The rule of a project by its short name. Tools may use anything but apps. */
export function ruleOf(project) {
  const rule = rules[project] ?? (project.startsWith('adapter-') ? adapter : undefined);
  const packages = [...(rule?.packages ?? []), ...(pure.includes(project) ? forbiddenInPure : [])];
  return rule && { may: rule.may, packages };
}
