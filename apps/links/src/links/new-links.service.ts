import type { Transaction } from '@cairn/database';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { CodeCipher } from './code.ts';
import { LinkRepository } from './link.repository.ts';
import { LinkTargets } from './link-targets.service.ts';
import { fingerprintOf, Link, type LinkContent } from './link.ts';
import { LINKS_OPTIONS, type LinksOptions } from './links.options.ts';

/** A link that somebody wants. */
export interface Wish {
  readonly content: LinkContent;
  /** Undefined: one is generated. */
  readonly code?: string | undefined;
  readonly passwordHash?: string | null;
  /** A link of the same owner that does the same will do. */
  readonly reuse?: boolean | undefined;
}

export type Outcome =
  | { readonly kind: 'created' | 'reused'; readonly id: string }
  | { readonly kind: 'refused'; readonly issues: readonly { path: string; message: string }[] }
  | { readonly kind: 'code-taken' }
  | { readonly kind: 'no-code' };

/** Generated codes are free unless the secret was changed: then some of the first attempt may be taken. */
const ATTEMPTS = 3;

/** Makes links, one or a thousand, by the same few statements. */
@Injectable()
export class NewLinks {
  private readonly codes: CodeCipher;

  constructor(
    private readonly links: LinkRepository,
    private readonly targets: LinkTargets,
    @Inject(LINKS_OPTIONS) options: LinksOptions,
  ) {
    this.codes = new CodeCipher(options.codeSecret);
  }

  /** An outcome for each wish, in their order. Of wishes that exclude each other the first is fulfilled. */
  async create(tx: Transaction, ownerId: string | null, wishes: readonly Wish[]): Promise<Outcome[]> {
    const objections = await this.targets.objectionsTo(tx, wishes.map(({ content }) => content)); // prettier-ignore
    const outcomes = objections.map((issues): Outcome | undefined =>
      issues.length ? { kind: 'refused', issues } : undefined,
    );
    const known = await this.knownTo(tx, ownerId, wishes);
    const open = wishes
      .map((wish, place) => ({ ...wish, place, id: uuidv7() }))
      .filter(({ place }) => !outcomes[place]);
    const wanted = open.filter(({ code, reuse, content, place, id }) => {
      const digest = reuse && ownerId ? fingerprintOf(content) : undefined;
      const existing = digest && known.get(digest);
      if (existing) outcomes[place] = { kind: 'reused', id: existing };
      else if (digest) known.set(digest, id); // for those that come after it
      return !existing && (code === undefined || open.find((each) => each.code === code)?.place === place);
    });
    const made = await this.insert(tx, ownerId, wanted);
    await this.remember(tx, ownerId, wanted.filter(({ id, reuse }) => reuse && made.has(id))); // prettier-ignore
    for (const { id, code, place } of open) {
      if (made.has(id)) outcomes[place] = { kind: 'created', id };
      else outcomes[place] ??= { kind: code === undefined ? 'no-code' : 'code-taken' };
    }
    return outcomes as Outcome[];
  }

  private async insert(tx: Transaction, ownerId: string | null, wanted: readonly (Wish & { id: string })[]) {
    const made = new Set<string>();
    const now = new Date();
    let left = wanted;
    for (let attempt = 1; attempt <= ATTEMPTS && left.length; attempt++) {
      const numbers = await this.links.nextNumbers(tx, left.filter(({ code }) => code === undefined).length);
      const links = left.map(({ id, code, content, passwordHash = null }) =>
        Link.create({ id, code: code ?? this.codes.encrypt(numbers.pop()!), ownerId, passwordHash }, content, now),
      );
      for (const id of await this.links.insert(tx, links)) made.add(id);
      left = left.filter(({ id, code }) => code === undefined && !made.has(id));
    }
    return made;
  }

  /**
   * The owner's links that may be reused, by what they do. Where one is missing or used up, who asks for the same meanwhile waits for
   * this transaction, and finds its link.
   */
  private async knownTo(
    tx: Transaction,
    ownerId: string | null,
    wishes: readonly Wish[],
  ): Promise<Map<string, string>> {
    const digests = new Set(wishes.filter(({ reuse }) => reuse).map(({ content }) => fingerprintOf(content)));
    if (!ownerId || digests.size === 0) return new Map();
    const find = async () => {
      const rows = (await tx.query(KNOWN, [ownerId, [...digests]])) as { digest: string; id: string }[];
      return new Map(rows.map(({ digest, id }) => [digest, id]));
    };
    const known = await find();
    if (known.size === digests.size) return known;
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('reuse ' || $1, 0))`, [ownerId]);
    return find();
  }

  private async remember(tx: Transaction, ownerId: string | null, made: readonly (Wish & { id: string })[]) {
    if (made.length)
      await tx.query(REMEMBER, [ownerId, made.map(({ content }) => fingerprintOf(content)), made.map(({ id }) => id)]);
  }
}

/** One that is used up takes nobody anywhere. One that has ended does what is asked for: so would a new one, which ends at the same time. */
const KNOWN = `SELECT encode(k.url_digest, 'hex') AS digest, k.link_id AS id FROM known_targets k JOIN links l ON l.id = k.link_id
  WHERE k.owner_id = $1 AND k.url_digest IN (SELECT decode(digest, 'hex') FROM unnest($2::text[]) AS digest)
    AND (l.max_visits IS NULL OR l.claimed_visits < l.max_visits)
  FOR SHARE OF k`; // so that none of them is deleted or changed before they are the answer

/** In the place of one that is used up. */
const REMEMBER = `INSERT INTO known_targets (owner_id, url_digest, link_id)
  SELECT $1::uuid, decode(digest, 'hex'), id FROM unnest($2::text[], $3::uuid[]) AS made (digest, id)
  ON CONFLICT (owner_id, url_digest) DO UPDATE SET link_id = excluded.link_id`;
