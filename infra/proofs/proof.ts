import type { StartedSystem } from '@cairn/local/started-system';

/** Something about the running system that is shown by doing it. */
export interface Proof {
  readonly name: string;
  /** It needs no running system. */
  readonly withoutSystem?: boolean;
  /** Of `npm start`, for a system of its own that runs while this proof does. */
  readonly options?: readonly string[];
  /** Answers what it has seen, in a few words. @throws when it does not hold */
  prove(system: StartedSystem): Promise<string>;
}
