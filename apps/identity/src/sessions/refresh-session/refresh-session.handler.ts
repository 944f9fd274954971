import { databaseTime, Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { UserRepository } from '../../users/user.repository.ts';
import { AccessRevocations } from '../access-revocations.service.ts';
import { AccessTokens, type Tokens } from '../access-tokens.service.ts';
import { RefreshTokens } from '../refresh-tokens.service.ts';
import { InvalidRefreshToken } from '../session.errors.ts';
import { SessionLifeTimes } from '../session-life.service.ts';
import { SessionRepository } from '../session.repository.ts';
import type { Device } from '../session.ts';

@Injectable()
export class RefreshSessionHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly sessions: SessionRepository,
    private readonly users: UserRepository,
    private readonly revocations: AccessRevocations,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: AccessTokens,
    private readonly life: SessionLifeTimes,
  ) {}

  /** @throws InvalidRefreshToken */
  async execute(text: string, device: Device): Promise<Tokens> {
    const presented = this.refreshTokens.read(text);
    if (!presented) throw new InvalidRefreshToken();
    const successor = this.refreshTokens.next(presented);
    const traces = [presented, successor].map((token) => this.refreshTokens.trace(token));

    // The end of a session whose token was used twice must be committed, so nothing is thrown inside.
    const userId = await this.transactions.run(async (tx) => {
      const session = await this.sessions.lock(tx, presented.sessionId);
      if (!session) return undefined;
      const now = await databaseTime(tx); // another instance may have made the rotation that this one repeats
      const rotation = session.rotate(traces[0]!, traces[1]!, device, this.life.seconds, now);
      if (rotation === 'repeated') return session.userId;
      if (rotation === 'invalid') return undefined;
      await this.sessions.save(tx, session);
      if (rotation === 'rotated') return session.userId;
      await this.revocations.sessionsEnded(tx, session.userId, [session.id]);
      return undefined;
    });

    // Read after the rotation: when the user changes from here on, the token that is issued has an old `ver` and dies with the others.
    const user = userId === undefined ? undefined : await this.users.findById(userId);
    if (user?.state !== 'active') throw new InvalidRefreshToken();
    return this.accessTokens.issue(user, successor);
  }
}
