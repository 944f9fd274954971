import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { FieldFacts, SupergraphFacts } from './supergraph.ts';

type Variables = Readonly<Record<string, unknown>>;

/** What is known of an operation before it is executed. */
export interface Plan {
  /** The service that can answer all of it, where one can. */
  readonly service: string | undefined;
  /** Its fields at the root, as they are called in the answer. */
  readonly roots: readonly { readonly key: string; readonly isNonNull: boolean }[];
  /**
   * How much it asks for: an object counts 1 (or its @cost), a list as often as it may be long, a change 10. How long that is, @listSize
   * says, or an argument that is called `first` or `last`.
   */
  cost(variables: Variables): number;
}

/** Where nothing says how long a list is: that of a page, and any other. */
const PAGE = 20;
const LIST = 10;
const CHANGE = 10;
const SLICING = ['first', 'last'];
/** The list in a page. */
const SIZED = ['edges', 'nodes'];

/** Expects an operation that is valid and within the limits: fragments are walked wherever they are spread. */
export function planOf(
  schema: GraphQLSchema,
  facts: SupergraphFacts,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  operation: OperationDefinitionNode,
): Plan {
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue && valueFromASTUntyped(defaultValue),
    ]),
  );
  let services = new Set(facts.services.values());
  const narrow = (able: ReadonlySet<string> | undefined) =>
    void (services = new Set([...services].filter((each) => able?.has(each))));

  /** The cost of what is selected, once; `lengths` says how long a list is that the parent's arguments size. */
  function selected(parent: GraphQLNamedType, { selections }: SelectionSetNode): Selected[] {
    return selections.flatMap((selection): Selected[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value)!;
        return onType(fragment.typeCondition.name.value, fragment.selectionSet);
      }
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return onType(selection.typeCondition?.name.value ?? parent.name, selection.selectionSet);
      const name = selection.name.value;
      if (name === '__typename') return [];
      if (name.startsWith('__')) {
        narrow(undefined); // the gateway itself describes the graph
        return [];
      }
      if (!isObjectType(parent) && !isInterfaceType(parent)) return [];
      const known = facts.fields.get(`${parent.name}.${name}`);
      narrow(known?.services);
      return [field(selection, parent.getFields()[name]!, known)];
    });
  }

  function onType(name: string, selectionSet: SelectionSetNode) {
    narrow(facts.types.get(name)?.services);
    return selected(schema.getType(name)!, selectionSet);
  }

  function field(node: FieldNode, { type, args }: GraphQLField<unknown, unknown>, known?: FieldFacts): Selected {
    const named = getNamedType(type);
    const isList = isListType(getNullableType(type));
    const each = facts.types.get(named.name)?.cost ?? (isCompositeType(named) ? 1 : 0);
    const children = node.selectionSet ? selected(named, node.selectionSet) : [];
    const { listSize, cost: once = 0 } = known ?? {};
    const slicing = listSize?.slicingArguments ?? SLICING.filter((name) => args.some((arg) => arg.name === name));
    const sized = listSize ? (listSize.sizedFields ?? []) : SIZED;
    const usual = listSize?.assumedSize ?? (slicing.length ? PAGE : LIST);
    const length = (variables: Variables) => {
      const asked = slicing.flatMap((name) => {
        const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
        const given = value && valueFromASTUntyped(value, { ...defaults, ...variables });
        return typeof given === 'number' && given >= 0 ? [given] : [];
      });
      return asked.length ? Math.max(...asked) : usual;
    };
    return {
      name: node.name.value,
      key: (node.alias ?? node.name).value,
      isNonNull: isNonNullType(type),
      cost(variables, sizedByParent) {
        const times = isList ? (sizedByParent ?? length(variables)) : 1;
        const own = isList || !(slicing.length || listSize) ? undefined : length(variables);
        const below = children.reduce(
          (sum, child) => sum + child.cost(variables, sized.includes(child.name) ? own : undefined),
          0,
        );
        return once + times * (each + below);
      },
    };
  }

  const root = schema.getRootType(operation.operation)!;
  const roots = selected(root, operation.selectionSet);
  const change = operation.operation === 'mutation' ? CHANGE : 0;
  return {
    roots,
    service: roots.length ? [...services][0] : undefined,
    cost: (variables) => roots.reduce((sum, each) => sum + change + each.cost(variables), 0),
  };
}

interface Selected {
  readonly name: string;
  readonly key: string;
  readonly isNonNull: boolean;
  cost(variables: Variables, sizedByParent?: number): number;
}
