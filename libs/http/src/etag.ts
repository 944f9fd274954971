import { hash } from 'node:crypto';

/** `"<version>-<digest>"`: the digest changes with anything that is shown, the version only with what an edit could overwrite. */
export const formatEtag = (text: string, version?: number) =>
  `"${version === undefined ? '' : `${version}-`}${hash('sha1', text, 'base64url').slice(0, 16)}"`;

/** Weak comparison (RFC 9110, section 8.8.3.2). */
export const matches = (ifNoneMatch: string | undefined, etag: string) =>
  ifNoneMatch?.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) ?? false;
