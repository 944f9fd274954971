import type { QueryRunner } from 'typeorm';

const FIND = `
  SELECT quote_ident($1) AS "roleName", c.oid::regclass::text AS "tableName", pg_has_role($1, c.relowner, 'MEMBER') AS owns
  FROM pg_class c WHERE c.oid = to_regclass(quote_ident($2))`;
const MAY_CHANGE = `
  SELECT has_table_privilege($1, $2, 'UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege($1, $2, 'UPDATE') AS may`;

/**
 * Whoever owns a table may do anything with it, and is needed whole: foreign keys that delete with the post act as the owner.
 * @throws Error in one sentence when the role may change or remove rows all the same, or there is no such table
 */
export async function keepAppendOnly(owner: QueryRunner, table: string, role: string): Promise<void> {
  const [found] = await owner.query(FIND, [role, table]);
  if (!found) throw new Error(`There is no table ${table}, which is said to be append-only.`);
  if (!found.owns) await owner.query(`REVOKE UPDATE, DELETE, TRUNCATE ON ${found.tableName} FROM ${found.roleName}`);
  const [{ may }] = await owner.query(MAY_CHANGE, [role, found.tableName]);
  if (may || found.owns)
    throw new Error(
      `The role ${role} runs the service and may change rows of ${table}, which is append-only: ` +
        `run the service as a role that does not own the table and was granted no more than SELECT and INSERT.`,
    );
}
