import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { helm, renderChart, type Manifest } from './helm.js';
import { validateManifest } from './validate-manifest.js';

const root = join(import.meta.dirname, '../../..');
const folders = (path: string) =>
  existsSync(join(root, path))
    ? readdirSync(join(root, path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
const charts = folders('deploy/charts');
const environments = folders('deploy/environments');

/** The values files of a chart in an environment, as `helm --values` takes them. */
const valuesOf = (chart: string, environment: string) =>
  [`deploy/environments/${environment}/${chart}.yaml`].filter((file) =>
    existsSync(join(root, file)),
  );

interface Deployed {
  readonly spec: { template: { spec: { containers: { env?: { name: string }[] }[] } } };
}

const kind = (manifests: Manifest[], name: string) =>
  manifests.find((manifest) => manifest.kind === name)!;

describe.each(charts)('the chart of %s', (chart) => {
  const folder = `deploy/charts/${chart}`;
  const app = join(root, 'apps', chart);

  it('belongs to an app', () => {
    expect(existsSync(app)).toBe(true);
  });

  it('passes helm lint', () => {
    const { ok, output } = helm('lint', '--strict', folder);
    expect(ok ? '' : output).toBe('');
  });

  it.each(['default', ...environments])(
    'renders valid objects with the values of %s',
    (environment) => {
      const manifests = renderChart(folder, valuesOf(chart, environment));
      expect(manifests.map((manifest) => manifest.kind)).toEqual(
        expect.arrayContaining([
          'ConfigMap',
          'Deployment',
          'NetworkPolicy',
          'PodDisruptionBudget',
          'Service',
        ]),
      );
      expect(manifests.flatMap(validateManifest)).toEqual([]);
    },
  );

  it('has values for every environment', () => {
    expect(environments.filter((environment) => valuesOf(chart, environment).length === 0)).toEqual(
      [],
    );
  });

  it.each(['default', ...environments])(
    'sets only what the service knows with the values of %s',
    (environment) => {
      const help = spawnSync(process.execPath, [join(app, 'dist/main.js'), '--help'], {
        encoding: 'utf8',
      }).stdout;
      const manifests = renderChart(folder, valuesOf(chart, environment));
      const [container] = (kind(manifests, 'Deployment') as never as Deployed).spec.template.spec
        .containers;
      const names = [
        ...Object.keys((kind(manifests, 'ConfigMap') as never as { data: object }).data),
        ...(container!.env ?? []).map(({ name }) => name),
      ];
      expect(names.filter((name) => !help.includes(`  ${name}\n`))).toEqual([]);
    },
  );

  it('runs unprivileged on a read-only root with probes on the management port', () => {
    const deployment = kind(renderChart(folder), 'Deployment') as never as {
      spec: {
        template: {
          spec: {
            securityContext: object;
            containers: Record<string, unknown>[];
            automountServiceAccountToken: boolean;
          };
        };
      };
    };
    const pod = deployment.spec.template.spec;
    const [container] = pod.containers;
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(container!['securityContext']).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const [probe, path] of [
      ['startupProbe', '/startupz'],
      ['livenessProbe', '/healthz'],
      ['readinessProbe', '/readyz'],
    ] as const) {
      expect(container![probe]).toMatchObject({ httpGet: { path, port: 'management' } });
    }
  });

  it('gives open requests at least the drain time before the pod is killed', () => {
    const deployment = kind(
      renderChart(folder, [], '--set', 'drain.delay=7,drain.timeout=30'),
      'Deployment',
    );
    expect(JSON.stringify(deployment)).toContain('"terminationGracePeriodSeconds":42');
  });

  it('takes secrets by reference only', () => {
    const manifests = renderChart(
      folder,
      [],
      '--set',
      'secretSettings.ISTHMUS_X.name=s,secretSettings.ISTHMUS_X.key=k',
    );
    expect(JSON.stringify(kind(manifests, 'Deployment'))).toContain(
      '{"name":"ISTHMUS_X","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}',
    );
    expect(manifests.some((manifest) => manifest.kind === 'Secret')).toBe(false);
  });

  it.each([
    ['an unknown value', 'replcas=2', 'replcas'],
    ['a value of the wrong type', 'replicas=many', 'replicas'],
    ['an unknown setting name', 'settings.LOG=1', 'LOG'],
    ['a secret in the settings', 'settings.DATABASE_URL=postgres://x', 'DATABASE_URL'],
  ])('refuses %s', (_, assignment, named) => {
    const { ok, errors } = helm('template', 'isthmus', folder, '--set', assignment);
    expect(ok).toBe(false);
    expect(errors).toContain(named);
  });
});

describe('who may call whom in the cluster', () => {
  const callers = (chart: string) => {
    const policy = kind(renderChart(`deploy/charts/${chart}`), 'NetworkPolicy') as never as {
      spec: { ingress: { from?: { podSelector: { matchLabels: Record<string, string> } }[] }[] };
    };
    return policy.spec.ingress[0]!.from?.map(
      (peer) => peer.podSelector.matchLabels['app.kubernetes.io/name'],
    );
  };
  it('lets anybody call the gateway', () => {
    expect(callers('gateway')).toBeUndefined();
  });
  it('lets only the gateway call the orchestrator and the catalog', () => {
    expect(callers('orchestrator')).toEqual(['gateway']);
    expect(callers('catalog')).toEqual(['gateway']);
  });
  it.each(charts.filter((name) => name.startsWith('adapter-')))(
    'lets only the orchestrator call %s',
    (chart) => {
      expect(callers(chart)).toEqual(['orchestrator']);
    },
  );
  it('refuses to let everybody in by an empty list', () => {
    const { ok, errors } = helm(
      'template',
      'x',
      'deploy/charts/orchestrator',
      '--set',
      'networkPolicy.callerNames=null',
    );
    expect(ok).toBe(false);
    expect(errors).toContain('would let everybody in');
  });
});

describe('the orchestrator', () => {
  const render = (...assignments: string[]) =>
    renderChart('deploy/charts/orchestrator', [], '--set', assignments.join(','));

  it('mounts a project, app settings and the token of its identity where its settings look for them', () => {
    const manifests = render(
      'projectConfigMap=orders,appSettingsSecret=orders-settings',
      'callers.addresses={10.1.0.0/16,10.2.0.0/16},callers.trustedProxies={10.0.0.1},retentionDays=30',
      'serviceProviders.servicebus=http://bus,serviceProviders.sql=http://sql',
      'resourceAddresses.crm=http://crm',
      'identity.tenant=t,identity.clientId=c,identity.tokenAudience=api://AzureADTokenExchange',
    );
    expect(manifests.flatMap(validateManifest)).toEqual([]);
    expect((kind(manifests, 'ConfigMap') as never as { data: object }).data).toMatchObject({
      ISTHMUS_PROJECT_FOLDER: '/etc/isthmus/project',
      ISTHMUS_APP_SETTINGS_FILE: '/etc/isthmus/app-settings/settings.json',
      ISTHMUS_CALLER_ADDRESSES: '10.1.0.0/16,10.2.0.0/16',
      ISTHMUS_TRUSTED_PROXIES: '10.0.0.1',
      ISTHMUS_RETENTION_DAYS: '30',
      ISTHMUS_SERVICE_PROVIDERS: 'servicebus=http://bus,sql=http://sql',
      ISTHMUS_RESOURCE_ADDRESSES: 'crm=http://crm',
      ISTHMUS_IDENTITY_CLIENT_ID: 'c',
      ISTHMUS_IDENTITY_TENANT: 't',
      ISTHMUS_IDENTITY_TOKEN_FILE: '/etc/isthmus/identity/token',
    });
    const pod = JSON.stringify(kind(manifests, 'Deployment'));
    for (const mounted of ['project', 'app-settings', 'identity'])
      expect(pod).toContain(`"mountPath":"/etc/isthmus/${mounted}"`);
    expect(pod).toContain('"audience":"api://AzureADTokenExchange"');
  });

  it('asks for the tenant of an identity', () => {
    const { ok, errors } = helm(
      'template',
      'x',
      'deploy/charts/orchestrator',
      '--set',
      'identity.clientId=c',
    );
    expect(ok).toBe(false);
    expect(errors).toContain('identity.tenant');
  });
});

describe('validateManifest', () => {
  it('refuses what the models refuse and members that nobody knows', () => {
    const deployment = structuredClone(
      kind(renderChart('deploy/charts/gateway'), 'Deployment'),
    ) as never as {
      spec: { replicas: unknown; template: { spec: { containers: Record<string, unknown>[] } } };
    };
    deployment.spec.replicas = 'two';
    deployment.spec.template.spec.containers[0]!['imagee'] = 'x';
    const problems = validateManifest(deployment as never);
    expect(problems).toEqual(
      expect.arrayContaining([expect.stringContaining("unknown member 'imagee'")]),
    );
    expect(problems.join()).toContain('replicas');
  });
});
