import { compileSchemas, DotNetError, xmlOfJson } from '@isthmus/dotnet';
import { envelopeOf, isObject, memberOf, writeJson } from '@isthmus/workflow-expressions';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { artifactName, namedArtifact } from './content-text.js';
import { failed, succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

/** XML of JSON with one root, which has to fit its schema. */
export const xmlCompose: ActionType = {
  type: 'XmlCompose',
  start(inputs, scope) {
    const content = isObject(inputs) ? (memberOf(inputs, 'content') ?? null) : null;
    if (!isObject(content))
      return badRequest(
        'InvalidTemplate',
        worded`The property 'content' of an 'XmlCompose' action must be an object.`,
      );
    const found = namedArtifact(artifactName(inputs, 'schema'), 'schema', scope);
    if ('refusal' in found) return found.refusal;
    const { name, text: schema } = found;
    try {
      const xml = xmlOfJson(writeJson(content)) ?? '';
      const schemas = compileSchemas([{ name: name, text: schema }]);
      const [problem] = schemas.validate(xml);
      schemas.dispose();
      if (problem)
        return failed(
          'XmlComposeFailed',
          worded`The content does not fit the schema '${name}': ${problem.message}`,
        );
      return succeeded({
        body: envelopeOf('application/xml; charset=utf-8', Buffer.from(xml, 'utf8')),
      });
    } catch (error) {
      if (!(error instanceof DotNetError)) throw error;
      return failed(
        'XmlComposeFailed',
        worded`The content cannot be written as XML: ${error.message}`,
      );
    }
  },
};
