import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service, ServiceAccount } from 'kubernetes-models/v1';
import type { Manifest } from './helm.js';

interface Model {
  validate(): void;
}

const models: Readonly<Record<string, new (manifest: never) => Model>> = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
};

/**
 * The members that our charts write. The Kubernetes models accept unknown members, which is how a
 * misspelt one goes unnoticed until it has no effect; these lists refuse it.
 */
const members: Readonly<Record<string, readonly string[]>> = {
  '': ['apiVersion', 'kind', 'metadata', 'spec', 'data', 'automountServiceAccountToken'],
  'Deployment.spec': ['replicas', 'strategy', 'selector', 'template'],
  'Deployment.spec.template.spec': [
    'affinity',
    'automountServiceAccountToken',
    'containers',
    'imagePullSecrets',
    'nodeSelector',
    'securityContext',
    'serviceAccountName',
    'terminationGracePeriodSeconds',
    'tolerations',
    'volumes',
  ],
  'Deployment.spec.template.spec.containers': [
    'env',
    'envFrom',
    'image',
    'imagePullPolicy',
    'livenessProbe',
    'name',
    'ports',
    'readinessProbe',
    'resources',
    'securityContext',
    'startupProbe',
    'volumeMounts',
  ],
  'Deployment.spec.template.spec.volumes': ['configMap', 'emptyDir', 'name', 'projected', 'secret'],
  'Service.spec': ['type', 'selector', 'ports'],
  'NetworkPolicy.spec': ['podSelector', 'policyTypes', 'ingress'],
  'NetworkPolicy.spec.ingress': ['from', 'ports'],
  'PodDisruptionBudget.spec': ['maxUnavailable', 'selector'],
  'HorizontalPodAutoscaler.spec': ['maxReplicas', 'metrics', 'minReplicas', 'scaleTargetRef'],
};

/** What is wrong with a manifest, one sentence each; empty when it is valid. */
export function validateManifest(manifest: Manifest): string[] {
  const model = models[manifest.kind];
  if (!model) return [`${manifest.kind} is not a kind that the charts render`];
  const problems: string[] = [];
  try {
    new model(manifest as never).validate();
  } catch (error) {
    problems.push(`${manifest.kind} ${manifest.metadata.name}: ${(error as Error).message}`);
  }
  for (const [path, known] of Object.entries(members)) {
    if (path !== '' && !path.startsWith(`${manifest.kind}.`)) continue;
    for (const part of partsAt(manifest, path.split('.').slice(1))) {
      for (const name of Object.keys(part)) {
        if (!known.includes(name))
          problems.push(`${path || manifest.kind}: unknown member '${name}'`);
      }
    }
  }
  return problems;
}

/** The objects at a path; arrays on the way stand for all their items. */
function partsAt(value: unknown, path: readonly string[]): object[] {
  if (Array.isArray(value)) return value.flatMap((item) => partsAt(item, path));
  if (typeof value !== 'object' || value === null) return [];
  const [name, ...rest] = path;
  return name === undefined ? [value] : partsAt((value as Record<string, unknown>)[name], rest);
}
