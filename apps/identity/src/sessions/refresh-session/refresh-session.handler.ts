import { Transactions } from '@cairn/database';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.ts';
import { UserRepository } from '../../users/user.repository.ts';
import type { Tokens } from '../session.dto.ts';
import { InvalidRefreshToken } from '../session.errors.ts';
import { SessionRepository } from '../session.repository.ts';
import { TokensService } from '../tokens.service.ts';

@Injectable()
export class RefreshSessionHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly sessions: SessionRepository,
    private readonly users: UserRepository,
    private readonly tokens: TokensService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws InvalidRefreshToken */
  async execute(refreshToken: string): Promise<Tokens> {
    const token = this.tokens.parse(refreshToken);
    if (!token) throw new InvalidRefreshToken();
    const next = this.tokens.nextSecret(token.secret);

    // The revocation of a reused token must be committed, so nothing is thrown before the end of the transaction.
    const userId = await this.transactions.run(async (tx) => {
      const session = await this.sessions.lock(tx, token.sessionId);
      if (!session) return undefined;
      const outcome = session.rotate(
        this.tokens.hash(token.secret),
        this.tokens.hash(next),
        this.config.REFRESH_GRACE_SECONDS,
        new Date(),
      );
      await this.sessions.save(tx, session);
      return outcome === 'rotated' || outcome === 'repeated' ? session.userId : undefined;
    });

    const user = userId && (await this.users.findById(userId));
    if (!user) throw new InvalidRefreshToken();
    return this.tokens.issue(user, token.sessionId, next);
  }
}
