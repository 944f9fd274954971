/** A site as the doors show it, FROM sites s. */
export const SITE_COLUMNS = `s.id, s.kind, s.name, CASE WHEN s.kind = 'web' THEN s.key END AS key, s.time_zone AS "timeZone", s.allowed_origins AS "allowedOrigins", s.owner_id AS "ownerId",
  s.created_at AS "createdAt", s.updated_at AS "updatedAt", s.version`;

/** Whether the user of this parameter was invited. */
export const isReader = (user: string) =>
  `EXISTS (SELECT FROM site_readers r WHERE r.site_id = s.id AND r.user_id = ${user})`;
