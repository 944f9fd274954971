/** Who shares a bucket: the account when the token has been verified, else everybody of one network. */
export const subjectOf = (request: { readonly userId: string | undefined; readonly network: string }): string =>
  request.userId === undefined ? `address:${request.network}` : `user:${request.userId}`;
