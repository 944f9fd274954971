import { createMongoAbility, subject, type MongoAbility, type RawRuleOf } from '@casl/ability';
import type { Principal } from './principal.ts';

const SUBJECT = 'object';

export interface Policy<Action extends string, Subject extends object> {
  /** May this caller do this with this object? */
  allows(caller: Principal | undefined, action: Action, object: Subject): boolean;
  /**
   * The condition under which a row is one that the caller may do this with; its values follow the `taken` ones of the
   * statement. What the statement asks of each row anyway may be given as `fixed`: the condition says the rest.
   */
  where(
    caller: Principal | undefined,
    action: Action,
    columns: Record<keyof Subject, string>,
    taken: readonly unknown[],
    fixed?: Partial<Subject>,
  ): SqlCondition;
}

export interface SqlCondition {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Grants: these actions, on objects whose fields have these values (on all of them when there are none). */
export type Allow<Action extends string, Subject extends object> = (
  actions: readonly Action[],
  when?: Partial<Subject>,
) => void;

/**
 * Who may do what with one kind of object, said once for the object at hand and for the rows of a list. The rules are evaluated
 * by CASL; conditions are equalities, so that each of them is also SQL.
 */
export function definePolicy<Action extends string, Subject extends object>(
  rules: (caller: Principal | undefined, allow: Allow<Action, Subject>) => void,
): Policy<Action, Subject> {
  const make = (caller: Principal | undefined) => {
    const granted: RawRuleOf<MongoAbility>[] = [];
    rules(caller, (actions, when) =>
      granted.push({ action: [...actions], subject: SUBJECT, conditions: when as never }),
    );
    return createMongoAbility(granted);
  };
  const ofStrangers = make(undefined); // who reads most, and there is nothing about them that could change
  const abilityOf = (caller: Principal | undefined) => (caller ? make(caller) : ofStrangers);
  return {
    allows: (caller, action, object) => abilityOf(caller).can(action, subject(SUBJECT, { ...object })),
    where(caller, action, columns, taken, fixed = {}) {
      const fixedTo = (field: string) => fixed[field as keyof Subject];
      const alternatives = abilityOf(caller)
        .rulesFor(action, SUBJECT)
        .map((rule) => Object.entries((rule.conditions ?? {}) as Partial<Subject>))
        .filter((conditions) => conditions.every(([field, value]) => !(field in fixed) || fixedTo(field) === value))
        .map((conditions) => conditions.filter(([field]) => !(field in fixed)));
      if (alternatives.some((conditions) => conditions.length === 0)) return { text: 'true', values: [] };
      if (alternatives.length === 0) return { text: 'false', values: [] };
      const values: unknown[] = [];
      const equals = ([field, value]: [string, unknown]) =>
        `${columns[field as keyof Subject]} = $${taken.length + values.push(value)}`;
      const texts = alternatives.map((conditions) => conditions.map(equals).join(' AND '));
      return { text: `(${texts.join(' OR ')})`, values };
    },
  };
}
