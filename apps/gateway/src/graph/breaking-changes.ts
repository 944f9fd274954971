import { BreakingChangeType, buildSchema, findBreakingChanges } from 'graphql';

/** A break that was meant: what it is, in the words in which it is found, why, and since when. */
export interface DeclaredBreak {
  readonly change: string;
  readonly reason: string;
  readonly date: string;
}

export interface Verdict {
  /** Breaks that nobody has declared. */
  readonly undeclared: string[];
  /** Declarations of what is no break (any more). */
  readonly idle: string[];
}

/** Compares the graph that clients were promised with the one that is about to be served; both as clients see them. */
export function judge(published: string, current: string, declared: readonly DeclaredBreak[]): Verdict {
  const breaks = findBreakingChanges(buildSchema(published), buildSchema(current))
    // A scalar's specification or a directive's places are nothing that a query could have used.
    .filter(({ type }) => type !== BreakingChangeType.DIRECTIVE_LOCATION_REMOVED)
    .map(({ description }) => description);
  const known = declared.map(({ change }) => change);
  return {
    undeclared: breaks.filter((description) => !known.includes(description)),
    idle: known.filter((change) => !breaks.includes(change)),
  };
}
