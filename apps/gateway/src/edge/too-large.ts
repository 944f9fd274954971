class BodyTooLarge extends Error {
  readonly statusCode = 413;
}

export const tooLarge = (limit: number): Error => new BodyTooLarge(`A body may have at most ${limit} bytes here`);
