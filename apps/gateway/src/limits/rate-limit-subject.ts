import { networkOf } from '@cairn/http/network';

/** Who shares a bucket: the account when the token has been verified, else everybody of one network. */
export const subjectOf = (request: { readonly userId?: string | undefined; readonly address: string }): string =>
  request.userId === undefined ? `address:${networkOf(request.address)}` : `user:${request.userId}`;
