import {
  GraphQLError,
  Kind,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { QueryTooLarge } from './graphql.errors.ts';

export const MAX_TOKENS = 1_000;
/** What is wrong with a query, at most: validation stops there. */
export const MAX_ERRORS = 5;
const MAX_DEPTH = 10;
/** Of fields at the root, and again of aliases anywhere: both are ways to ask for the same thing many times over. */
const MAX_WIDTH = 50;

interface Size {
  depth: number;
  /** Fields at the root of what is measured. */
  fields: number;
  aliases: number;
}

/** Bounds how much one operation may ask for, before any of it is executed. Introspection is as deep as its clients make it. */
export const limits: ValidationRule = (context) => ({
  OperationDefinition(operation) {
    const { depth, fields, aliases } = measure(context, operation.selectionSet, new Map());
    const refuse = (what: string, limit: number, is: number) =>
      context.reportError(tooLarge(`${what}: at most ${limit} are allowed, these are ${is}`));
    if (depth > MAX_DEPTH) refuse('Levels of fields', MAX_DEPTH, depth);
    if (fields > MAX_WIDTH) refuse('Fields at the root', MAX_WIDTH, fields);
    if (aliases > MAX_WIDTH) refuse('Aliases', MAX_WIDTH, aliases);
  },
});

export function tooLarge(detail: string): GraphQLError {
  const { code } = QueryTooLarge.problem;
  return new GraphQLError(detail, { extensions: { code, status: 400 } });
}

/** A fragment counts wherever it is spread, but is measured once: many that spread each other twice would take for ever. */
function measure(context: ValidationContext, { selections }: SelectionSetNode, known: Map<string, Size>): Size {
  const size: Size = { depth: 0, fields: 0, aliases: 0 };
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      size.fields++;
      if (selection.alias) size.aliases++;
      if (selection.name.value.startsWith('__')) continue;
      const below = selection.selectionSet && measure(context, selection.selectionSet, known);
      size.depth = Math.max(size.depth, 1 + (below?.depth ?? 0));
      size.aliases += below?.aliases ?? 0;
    } else {
      const spread =
        selection.kind === Kind.INLINE_FRAGMENT
          ? measure(context, selection.selectionSet, known)
          : ofFragment(context, context.getFragment(selection.name.value), known);
      size.depth = Math.max(size.depth, spread.depth);
      size.fields += spread.fields;
      size.aliases += spread.aliases;
    }
  }
  return size;
}

function ofFragment(
  context: ValidationContext,
  fragment: FragmentDefinitionNode | null | undefined,
  known: Map<string, Size>,
) {
  const nothing = { depth: 0, fields: 0, aliases: 0 };
  if (!fragment) return nothing; // another rule says so
  const name = fragment.name.value;
  if (!known.has(name)) {
    known.set(name, nothing); // one that spreads itself is refused by another rule
    known.set(name, measure(context, fragment.selectionSet, known));
  }
  return known.get(name)!;
}
