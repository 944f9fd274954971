/** What a link leads to is disabled, by itself or by its domain; `l` is the link. */
export const DISABLED_HOST = '(SELECT d.reason FROM disabled_hosts d WHERE d.host = ANY(l.hosts) LIMIT 1)';

/**
 * By the clock of the database, which all instances share, as it was when the transaction began: what the same transaction writes as ended
 * by `new Date()` is later than that, and may still be read as active.
 */
export const STATE = `CASE
  WHEN l.disabled_at IS NOT NULL OR ${DISABLED_HOST} IS NOT NULL THEN 'disabled'
  WHEN l.expires_at <= now() THEN 'expired'
  WHEN l.claimed_visits >= l.max_visits THEN 'exhausted'
  WHEN l.starts_at > now() THEN 'scheduled'
  ELSE 'active' END`;

/** A link as it is shown, but for `shortUrl`, which the operator's PUBLIC_URL begins. */
export const LINK_COLUMNS = `l.id, l.code, l.owner_id AS "ownerId", l.url, l.targets, l.status, l.passes_path AS "passPath",
  l.passes_query AS "passQuery", l.utm, l.rules, l.password_hash IS NOT NULL AS "hasPassword", l.starts_at AS "startsAt",
  l.expires_at AS "expiresAt", l.max_visits AS "maxVisits", l.title, l.tags, ${STATE} AS state,
  coalesce(l.disabled_reason, ${DISABLED_HOST}) AS "disabledReason", l.created_at AS "createdAt", l.updated_at AS "updatedAt", l.version`;
