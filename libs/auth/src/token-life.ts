/** Seconds: no access token lives longer, whatever is configured. What has to outlive every token is derived from it. */
export const MAX_TOKEN_SECONDS = 3_600;

/**
 * How long a revocation and a verifying key are kept, and what a deleted user writes is looked for, after the last token that they concern
 * could be made: a minute for clocks that differ.
 */
export const OUTLIVES_TOKENS_SECONDS = MAX_TOKEN_SECONDS + 60;
