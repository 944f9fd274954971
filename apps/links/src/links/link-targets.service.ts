import type { Transaction } from '@cairn/database';
import { Inject, Injectable } from '@nestjs/common';
import { addressesOf, hostOf, type LinkBehaviour } from './link.ts';
import { LINKS_OPTIONS, type LinksOptions } from './links.options.ts';
import { hostAndDomains, isListed, isOurs } from './target.ts';

type Addresses = Pick<LinkBehaviour, 'url' | 'targets' | 'rules'>;
type Issue = { path: string; message: string };

/** Where links may lead to, by what the operator and the moderators say. */
@Injectable()
export class LinkTargets {
  constructor(@Inject(LINKS_OPTIONS) private readonly options: LinksOptions) {}

  /** For each of these what is wrong with its addresses, field by field. A host that is disabled meanwhile is seen when somebody visits. */
  async objectionsTo(tx: Transaction, links: readonly Addresses[]): Promise<Issue[][]> {
    const addresses = links.map((link) => addressesOf(link).map(({ path, url }) => ({ path, host: hostOf(url) })));
    const hosts = new Set(addresses.flat().flatMap(({ host }) => hostAndDomains(host)));
    const rows = (await tx.query('SELECT host FROM disabled_hosts WHERE host = ANY($1)', [[...hosts]])) as {
      host: string;
    }[];
    const disabled = new Set(rows.map(({ host }) => host));
    return addresses.map((those) =>
      those.flatMap(({ path, host }) => {
        const message = this.objectionTo(host, disabled);
        return message === undefined ? [] : [{ path, message }];
      }),
    );
  }

  private objectionTo(host: string, disabled: ReadonlySet<string>): string | undefined {
    if (isOurs(host, this.options.ownHosts)) return 'Leads back to this shortener';
    if (isListed(host, this.options.blockedHosts) || isListed(host, disabled)) return 'No link may lead to this host';
    return undefined;
  }
}
