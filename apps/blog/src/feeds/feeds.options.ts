export const FEEDS_OPTIONS = Symbol('FEEDS_OPTIONS');

export interface FeedsOptions {
  /** What the feeds are called, and their author, as a post's author may have no name. */
  readonly title: string;
  /** The origin under which clients reach the gateway: what absolute links begin with. */
  readonly publicUrl: string;
}
