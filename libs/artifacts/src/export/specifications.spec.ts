import { describe, expect, it } from '@jest/globals';
import { readArtifacts } from '../folder/read-folder.js';
import { writeArtifacts } from '../folder/write-folder.js';
import type { Resource } from '../resource.js';
import { exportSpecifications } from './specifications.js';

const operation = (id: string, urlTemplate: string, more: object = {}): Resource => ({
  id,
  properties: { displayName: id, method: 'GET', urlTemplate, templateParameters: [], ...more },
});
const id = { name: 'id', type: 'string', required: true };
const resources: readonly Resource[] = [
  { id: '/apis/shop', properties: { displayName: 'Shop', path: 'shop', protocols: ['https'] } },
  operation('/apis/shop/operations/list', '/items'),
  operation('/apis/shop/operations/get', '/items/{id}', { templateParameters: [id] }),
  { id: '/apis/ws', properties: { displayName: 'Ws', path: 'ws', type: 'websocket' } },
  { id: '/workspaces/w/apis/own', properties: { displayName: 'Own', path: 'own' } },
  operation('/workspaces/w/apis/own/operations/list', '/things'),
];

describe('specifications of exported APIs', () => {
  const specifications = exportSpecifications(resources);

  it('are those of HTTP APIs, of workspaces too', () => {
    expect(specifications.map(({ apiId }) => apiId)).toEqual([
      '/apis/shop',
      '/workspaces/w/apis/own',
    ]);
    expect(specifications[0]?.text).toMatch(/^openapi: ['"]?3\.0\.1/);
    expect(specifications[0]?.text).toContain('/items/{id}');
    expect(specifications[1]?.text).toContain('/things');
  });

  it('stand beside the operations, which win when the folder is read', () => {
    const files = writeArtifacts(resources, specifications);
    expect([...files.keys()]).toContain('apis/shop/specification.yaml');
    expect([...files.keys()]).toContain('workspaces/w/apis/own/specification.yaml');
    const back = readArtifacts(files);
    const plain = readArtifacts(writeArtifacts(resources));
    expect(back.problems).toEqual([]);
    // The components of a document are a schema of the API, as of every import.
    const kept = back.resources.filter((one) => !one.id.endsWith('/schemas/openapi-components'));
    expect(kept.map((one) => one.id)).toEqual(plain.resources.map((one) => one.id));
    for (const [i, { properties }] of plain.resources.entries())
      expect(kept[i]?.properties).toMatchObject(properties);
  });
});
