import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** One field of a query with the paths by which rules may name it. */
export interface QueriedField {
  readonly node: FieldNode;
  /** `/Query/user/name`; with a schema `/User/name` and `/User` too. */
  readonly paths: readonly string[];
}

/** What limits and rules look at. */
export interface QueryFacts {
  readonly depth: number;
  /** Fields with every fragment counted where it is spread, at most one more than `mostFields`. */
  readonly fields: number;
  readonly paths: readonly QueriedField[];
}

/** More fields than this are refused (policy reference). */
export const mostFields = 250;

const roots = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/** Walks all operations with their fragments spread. Throws GraphQLError for a fragment that spreads itself. */
export function queryFacts(document: DocumentNode, schema: GraphQLSchema | undefined): QueryFacts {
  const types = schema ? typesOfFields(document, schema) : new Map<ASTNode, readonly string[]>();
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const found: QueriedField[] = [];
  let depth = 0;
  let fields = 0;
  const walk = (
    { selections }: SelectionSetNode,
    at: { readonly path: string; readonly depth: number; readonly open: readonly string[] },
  ): void => {
    for (const selection of selections) {
      if (fields > mostFields) return;
      if (selection.kind === Kind.INLINE_FRAGMENT) walk(selection.selectionSet, at);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = selection.name.value;
        if (at.open.includes(name))
          throw new GraphQLError(`The fragment '${name}' spreads itself.`);
        const fragment = fragments.get(name);
        if (fragment) walk(fragment.selectionSet, { ...at, open: [...at.open, name] });
      } else {
        const path = `${at.path}/${selection.name.value}`;
        fields++;
        depth = Math.max(depth, at.depth);
        found.push({ node: selection, paths: [path, ...(types.get(selection) ?? [])] });
        if (selection.selectionSet)
          walk(selection.selectionSet, { ...at, path, depth: at.depth + 1 });
      }
    }
  };
  for (const one of document.definitions)
    if (one.kind === Kind.OPERATION_DEFINITION)
      walk(one.selectionSet, { path: `/${roots[one.operation]}`, depth: 1, open: [] });
  return { depth, fields, paths: found };
}

/** `/Type/field` and, for objects, the `/Type` that a field gives. */
function typesOfFields(
  document: DocumentNode,
  schema: GraphQLSchema,
): ReadonlyMap<ASTNode, readonly string[]> {
  const found = new Map<ASTNode, readonly string[]>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const parent = info.getParentType();
        const type = getNamedType(info.getType());
        found.set(node, [
          ...(parent ? [`/${parent.name}/${node.name.value}`, `/${parent.name}`] : []),
          ...(isCompositeType(type) ? [`/${type.name}`] : []),
        ]);
      },
    }),
  );
  return found;
}

/**
 * The document without these fields; what becomes empty by that goes as well. Undefined when no operation is left.
 */
export function withoutFields(
  document: DocumentNode,
  unwanted: ReadonlySet<FieldNode>,
): DocumentNode | undefined {
  const gone = new Set<string>();
  let current = document;
  // A fragment that became empty takes its spreads along, and these may empty other selections.
  for (let size = -1; size !== gone.size;) {
    size = gone.size;
    current = visit(document, {
      Field: {
        enter: (node) => (unwanted.has(node) ? null : undefined),
        leave: (node) => (isEmpty(node) ? null : undefined),
      },
      InlineFragment: { leave: (node) => (isEmpty(node) ? null : undefined) },
      FragmentSpread: (node) => (gone.has(node.name.value) ? null : undefined),
      FragmentDefinition: {
        leave(node) {
          if (!isEmpty(node)) return undefined;
          gone.add(node.name.value);
          return null;
        },
      },
      OperationDefinition: { leave: (node) => (isEmpty(node) ? null : undefined) },
    });
  }
  const tidy = withoutUnused(current);
  return tidy.definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION) ? tidy : undefined;
}

/** Variables and fragments that nothing uses any more are mistakes for a GraphQL server. */
function withoutUnused(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(`$${name.value}`),
    FragmentSpread: ({ name }) => void used.add(name.value),
  });
  return visit(document, {
    VariableDefinition: (node) => (used.has(`$${node.variable.name.value}`) ? undefined : null),
    FragmentDefinition: (node) => (used.has(node.name.value) ? undefined : null),
  });
}

function isEmpty(node: { readonly selectionSet?: SelectionSetNode | undefined }): boolean {
  return node.selectionSet?.selections.length === 0;
}
