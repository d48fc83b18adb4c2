import { buildSchema, GraphQLError, isObjectType, type GraphQLSchema } from 'graphql';
import type { CompileOptions } from '../composition/environment.js';
import type { PolicySource } from '../document/policy-document.js';
import { compileResolver, type Resolver } from './resolver.js';

/** A GraphQL API that was compiled: its schema, and the resolvers of its fields. */
export interface GraphqlApi {
  readonly schema: GraphQLSchema;
  /** By `Type/field` as the schema spells them. */
  readonly resolvers: ReadonlyMap<string, Resolver>;
}

/** A resolver resource: which field, and its policy document. */
export interface ResolverSource {
  /** `Query/users`, `User/posts`. */
  readonly path: string;
  readonly source: PolicySource;
}

/** A mistake in a schema or resolver; positions where they are known. */
export interface GraphqlProblem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly document?: string;
}

/** Schemas of more tokens than this are refused. */
const mostSchemaTokens = 1_000_000;

/** Reads the schema and compiles the resolvers. All mistakes at once; `api` is there when there are none. */
export function compileGraphqlApi(
  input: { readonly schema: string; readonly resolvers: readonly ResolverSource[] },
  options: CompileOptions = {},
): { readonly api?: GraphqlApi; readonly problems: readonly GraphqlProblem[] } {
  let schema: GraphQLSchema;
  try {
    schema = buildSchema(input.schema, { maxTokens: mostSchemaTokens });
  } catch (error) {
    return { problems: [schemaProblem(error)] };
  }
  const problems: GraphqlProblem[] = [];
  const resolvers = new Map<string, Resolver>();
  for (const { path, source } of input.resolvers) {
    const field = fieldOf(schema, path);
    if (field === undefined) {
      problems.push(withoutField(path, source.path));
      continue;
    }
    const compiled = compileResolver(source, field, options);
    problems.push(...compiled.problems);
    if (compiled.resolver) resolvers.set(field, compiled.resolver);
  }
  return problems.length > 0 ? { problems } : { api: { schema, resolvers }, problems };
}

/** What is wrong with a schema, and which of the fields that resolvers name it does not have. */
export function checkGraphqlSchema(
  text: string,
  resolvers: readonly { readonly path: string; readonly document: string }[],
): readonly GraphqlProblem[] {
  try {
    const schema = buildSchema(text, { maxTokens: mostSchemaTokens });
    return resolvers
      .filter(({ path }) => fieldOf(schema, path) === undefined)
      .map(({ path, document }) => withoutField(path, document));
  } catch (error) {
    return [schemaProblem(error)];
  }
}

function withoutField(path: string, document: string | undefined): GraphqlProblem {
  return {
    message: `The schema has no field '${path}', for which there is a resolver.`,
    ...(document === undefined ? {} : { document }),
  };
}

function schemaProblem(error: unknown): GraphqlProblem {
  const [at] = error instanceof GraphQLError ? (error.locations ?? []) : [];
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: `The GraphQL schema is invalid: ${message}`,
    ...(at ? { line: at.line, column: at.column } : {}),
  };
}

/** The field as the schema spells it; a leading slash is allowed, as the portal shows one. */
function fieldOf(schema: GraphQLSchema, path: string): string | undefined {
  const [typeName = '', fieldName = '', ...rest] = path.replace(/^\//, '').split('/');
  const type = schema.getType(typeName);
  if (rest.length > 0 || !isObjectType(type) || !(fieldName in type.getFields())) return undefined;
  return `${type.name}/${fieldName}`;
}
