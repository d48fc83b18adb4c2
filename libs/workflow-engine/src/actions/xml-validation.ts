import { compileSchemas, DotNetError } from '@isthmus/dotnet';
import type { ActionType } from './action-type.js';
import { badRequest } from '../run/template-failure.js';
import { artifactName, contentText } from './content-text.js';
import { failed, succeeded } from './succeeded.js';

/** Holds XML against a schema of the project or integration account. */
export const xmlValidation: ActionType = {
  type: 'XmlValidation',
  start(inputs, scope) {
    const content = contentText(inputs);
    const name = artifactName(inputs, 'schema');
    if (content === undefined)
      return badRequest(
        'InvalidTemplate',
        "Required property 'content' expects a value but got null. Path ''.",
      );
    const schema = name === undefined ? undefined : scope.environment.artifacts.schema?.(name);
    if (schema === undefined)
      return badRequest('ArtifactNotFound', `The schema '${name ?? ''}' could not be found.`);
    try {
      const schemas = compileSchemas([{ name: name ?? 'schema.xsd', text: schema }]);
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
          `The XML document is not valid: ${problems[0]?.message ?? ''}`,
          { outputs: { errors } },
        );
      } finally {
        schemas.dispose();
      }
    } catch (error) {
      if (error instanceof DotNetError)
        return badRequest(
          'InvalidSchema',
          `The schema '${name ?? ''}' cannot be used: ${error.message}`,
        );
      throw error;
    }
  },
};
