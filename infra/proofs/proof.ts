import type { StartedSystem } from '@cairn/local/started-system';

/** Something about the running system that is shown by doing it. */
export interface Proof {
  readonly name: string;
  /** It needs no running system. */
  readonly withoutSystem?: boolean;
  /** Answers what it has seen, in a few words. @throws when it does not hold */
  prove(system: StartedSystem): Promise<string>;
}
