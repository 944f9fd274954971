import { GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from 'graphql';

const CONDITIONS = ['skip', 'include'];

/**
 * The field at the root of a subscription stands there whatever the variables say (GraphQL, draft of 2025, section 5.2.4.1): without it
 * there is nothing to subscribe to, which graphql-js 16 finds out by failing.
 */
export const unconditionalSubscription: ValidationRule = (context) => ({
  OperationDefinition({ operation, selectionSet }) {
    if (operation === 'subscription' && isConditional(selectionSet))
      context.reportError(new GraphQLError('@skip and @include are not for the root of a subscription'));

    function isConditional({ selections }: SelectionSetNode, seen = new Set<string>()): boolean {
      return selections.some((selection) => {
        if (selection.directives?.some(({ name }) => CONDITIONS.includes(name.value))) return true;
        if (selection.kind === Kind.INLINE_FRAGMENT) return isConditional(selection.selectionSet, seen);
        if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) return false;
        const fragment = context.getFragment(selection.name.value);
        return fragment ? isConditional(fragment.selectionSet, seen.add(selection.name.value)) : false;
      });
    }
  },
});
