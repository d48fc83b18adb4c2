import { Type } from '@isthmus/contracts';
import { splitRevision } from '../resources/resource-id.js';
import type { Prepared, ResourceType, WriteContext } from '../resources/resource-type.js';
import type { StoredResource } from '../resources/store/resource.store.js';

const schema = Type.Object({
  apiId: Type.Optional(Type.String()),
  notes: Type.Optional(Type.String()),
});

/** Creating a release makes the revision that it names the current one; its notes are the public change log. */
export const releases: ResourceType = {
  type: 'apis/releases',
  label: 'Release',
  schema,
  references: { apiId: 'apis' },
  prepare,
};

async function prepare(context: WriteContext): Promise<Prepared> {
  const { id, properties, existing, writer, report } = context;
  const now = new Date().toISOString();
  const { createdDateTime: _created, updatedDateTime: _updated, ...given } = properties;
  const before = existing?.properties;
  const isSame = before && Object.entries(given).every(([name, value]) => before[name] === value);
  const stored = {
    createdDateTime: before?.['createdDateTime'] ?? now,
    ...given,
    updatedDateTime: isSame ? before['updatedDateTime'] : now,
  };
  const apiId = properties['apiId'];
  if (existing || typeof apiId !== 'string') return { properties: stored };
  const released = await writer.find(apiId);
  const { name } = splitRevision(id.parent.slice('/apis/'.length));
  const ofRelease = released && splitRevision(released.id.slice('/apis/'.length));
  if (!released || ofRelease!.name.toLowerCase() !== name.toLowerCase()) {
    report({ target: 'apiId', message: `'${apiId}' is no revision of API '${name}'.` });
    return { properties: stored };
  }
  if (ofRelease!.revision === undefined) return { properties: stored };
  return { properties: stored, followUp: () => makeCurrent(context, `/apis/${name}`, released) };
}

/** The current revision and the released one change places; releases stay with the API. */
async function makeCurrent(
  { writer }: WriteContext,
  apiId: string,
  released: StoredResource,
): Promise<void> {
  const current = (await writer.store.subtree(apiId)).filter(
    ({ type }) => type !== 'apis/releases',
  );
  const next = await writer.store.subtree(released.id);
  await writer.removeStored([...current, ...next]);
  const former = current[0]?.properties['apiRevision'];
  const formerId = `${apiId};rev=${typeof former === 'string' ? former : '1'}`;
  await writer.replaceSubtree(formerId, current);
  await writer.replaceSubtree(apiId, next);
  for (const [id, isCurrent] of [
    [formerId, false],
    [apiId, true],
  ] as const) {
    const moved = await writer.store.find(id);
    if (moved) await writer.overwrite(moved, { ...moved.properties, isCurrent });
  }
}
