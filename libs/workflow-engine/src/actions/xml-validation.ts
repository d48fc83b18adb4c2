import { compileSchemas, DotNetError } from '@isthmus/dotnet';
import type { ActionType } from './action-type.js';
import { badRequest } from '../run/template-failure.js';
import { artifactName, contentText, missingContent, namedArtifact } from './content-text.js';
import { failed, succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

/** Holds XML against a schema of the project or integration account. */
export const xmlValidation: ActionType = {
  type: 'XmlValidation',
  start(inputs, scope) {
    const content = contentText(inputs);
    if (content === undefined) return missingContent;
    const found = namedArtifact(artifactName(inputs, 'schema'), 'schema', scope);
    if ('refusal' in found) return found.refusal;
    const { name, text: schema } = found;
    try {
      const schemas = compileSchemas([{ name: name, text: schema }]);
      try {
        const problems = schemas.validate(content);
        if (problems.length === 0) return succeeded();
        const errors = problems.map(({ message, line, column }) => ({
          message,
          lineNumber: line,
          linePosition: column,
        }));
        return failed(
          'XmlValidationFailed',
          worded`The XML document is not valid: ${problems[0]?.message ?? ''}`,
          { outputs: { errors } },
        );
      } finally {
        schemas.dispose();
      }
    } catch (error) {
      if (error instanceof DotNetError)
        return badRequest(
          'InvalidSchema',
          worded`The schema '${name}' cannot be used: ${error.message}`,
        );
      throw error;
    }
  },
};
