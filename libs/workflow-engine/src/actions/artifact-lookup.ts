import { isObject, memberOf, textOf } from '@isthmus/workflow-expressions';
import type { ActionType } from './action-type.js';
import { failed, succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

/** Metadata of a map, schema, partner or agreement. */
export const integrationAccountArtifactLookup: ActionType = {
  type: 'IntegrationAccountArtifactLookup',
  start(inputs, scope) {
    const member = (name: string): string =>
      isObject(inputs) ? textOf(memberOf(inputs, name) ?? null) : '';
    const type = member('artifactType');
    const name = member('artifactName');
    const found =
      scope.environment.artifacts.lookup?.(type, name) ??
      textArtifact(type, name, scope.environment.artifacts);
    if (found) return succeeded({ body: found });
    return failed(
      'IntegrationAccountArtifactNotFound',
      worded`The artifact '${name}' of type '${type}' could not be found.`,
    );
  },
};

/** Maps and schemas of a project have no metadata but their text. */
function textArtifact(
  type: string,
  name: string,
  artifacts: { map?(name: string): string | undefined; schema?(name: string): string | undefined },
) {
  const kind = type.toLowerCase();
  const content =
    kind === 'map'
      ? artifacts.map?.(name)
      : kind === 'schema'
        ? artifacts.schema?.(name)
        : undefined;
  return content === undefined ? undefined : { name, type, properties: { content } };
}
