/** A revision in a list, under the names that the code gives its columns; FROM post_revisions r. */
export const REVISION_COLUMNS = 'r.version, r.title, r.tags, r.editor_id AS "editorId", r.created_at AS "createdAt"';
