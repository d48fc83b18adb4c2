import type { ArtifactResource } from '@isthmus/artifacts';
import { checkGraphqlSchema, type GraphqlProblem } from '@isthmus/policy-engine';
import type { DocumentProblem } from './validated-document.js';

/** A mistake with the file that it stands in. */
export interface GraphqlMistake {
  readonly file: string;
  readonly problem: DocumentProblem;
}

/** Schemas of GraphQL APIs that cannot be read, and resolvers of fields that a schema does not have. */
export function graphqlMistakes(resources: readonly ArtifactResource[]): GraphqlMistake[] {
  return resources.flatMap(({ id, properties, file }) => {
    const api = /^(.*\/apis\/[^/]+)\/schemas\/[^/]+$/i.exec(id)?.[1];
    const schema = (properties['document'] as { value?: unknown } | undefined)?.value;
    if (api === undefined || typeof schema !== 'string' || !isGraphql(properties['contentType']))
      return [];
    const resolvers = resources.filter((one) =>
      one.id.toLowerCase().startsWith(`${api}/resolvers/`.toLowerCase()),
    );
    const paths = resolvers.flatMap((one) => {
      const path = one.properties['path'];
      return typeof path === 'string' ? [{ path, document: one.file }] : [];
    });
    return checkGraphqlSchema(schema, paths).map((problem) =>
      mistake(problem.document ?? file, problem),
    );
  });
}

function isGraphql(contentType: unknown): boolean {
  return typeof contentType === 'string' && /graphql/i.test(contentType);
}

function mistake(file: string, { message, line = 1, column = 1 }: GraphqlProblem): GraphqlMistake {
  const text = `${line}:${column}: ${message}`;
  return { file, problem: { line, column, code: 'graphql', message, text } };
}
