import { Sql } from '@cairn/database';
import { networkOf } from '@cairn/http/network';
import { Injectable } from '@nestjs/common';
import { Limits } from '../../limits/limits.service.ts';
import { LinkCache } from '../../links/link-cache.service.ts';
import { verifyPassword } from '../../links/link-password.ts';
import { LinkFollower, type Followed, type Following } from '../link-follower.service.ts';
import { PasswordWrong, TooManyPasswords } from '../redirect.errors.ts';

const MINUTE = 60;
/** Tight: one place guessing at one link. */
const PAIR = { name: 'password-link-address', quota: 10, windowSeconds: 15 * MINUTE };
/** Loose: many places guessing at it. Who knows the password has to wait then, too. */
const LINK = { name: 'password-link', quota: 300, windowSeconds: 60 * MINUTE };

@Injectable()
export class UnlockLinkHandler {
  constructor(
    private readonly links: LinkCache,
    private readonly limits: Limits,
    private readonly sql: Sql,
    private readonly followLink: LinkFollower,
  ) {}

  /**
   * Follows a link by its password. A try is counted before it is looked at, so that guesses at the same time count too; a right one is
   * taken back.
   * @throws PasswordWrong, TooManyPasswords, and what following throws
   */
  async execute(following: Omit<Following, 'isVisit'>, password: string): Promise<Followed> {
    const link = await this.links.get(following.code);
    const isLocked = link !== undefined && this.followLink.decide(link, following).kind === 'locked';
    const isUnlocked = isLocked && (await this.prove(link.id, networkOf(following.address), password));
    if (isLocked && !isUnlocked) await this.links.refresh(following.code);
    return this.followLink.execute({ ...following, isVisit: true, isUnlocked });
  }

  /** False when there is no password: it was taken away, or the link deleted, and the cache has not heard of it. */
  private async prove(linkId: string, network: string, password: string): Promise<boolean> {
    const tries = [
      { policy: PAIR, key: `${linkId} ${network}` },
      { policy: LINK, key: linkId },
    ];
    for (const { policy, key } of tries) {
      const limit = await this.limits.count(policy, key);
      if (limit) throw new TooManyPasswords(undefined, { limit });
    }
    const [row] = await this.sql.rows<{ hash: string | null }>(PASSWORD_HASH, [linkId]);
    if (row?.hash && !(await verifyPassword(password, row.hash))) throw new PasswordWrong();
    for (const { policy, key } of tries) await this.limits.giveBack(policy, key);
    return Boolean(row?.hash);
  }
}

const PASSWORD_HASH = { name: 'link-password', text: 'SELECT password_hash AS hash FROM links WHERE id = $1' };
