/** The public columns of a user, under the names that the code gives them. */
export const PROFILE_COLUMNS = `id, username, display_name AS "displayName", bio, avatar_url AS "avatarUrl", created_at AS "createdAt"`;
