/** A request that may be repeated; pure, so that handlers and libs/database can name it. */
export interface IdempotentRequest {
  readonly callerId: string;
  readonly route: string;
  readonly key: string;
  /** Of the body: another body under the same key is refused. */
  readonly digest: string;
  /** Set when the answer is that of an earlier request: it leaves with `Idempotent-Replayed: true`. */
  replayed: boolean;
}
