/** The columns of a user that may be shown, under the names that the code gives them. */
export const USER_COLUMNS = `id, email, username, display_name AS "displayName", bio, avatar_url AS "avatarUrl", roles, state,
  suspended_reason AS "suspendedReason", version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** What the admins' search looks in: the expression of the index users_search. */
export const USER_SEARCH = `lower(coalesce(username, '') || ' ' || coalesce(email, '') || ' ' || coalesce(display_name, ''))`;
