import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { hostAndDomains, plainHost } from './target.ts';

export const statuses = [301, 302, 307, 308] as const;
export const devices = ['desktop', 'mobile', 'tablet', 'other'] as const;

/** One of several addresses that share a link's visits by their weights. */
export interface LinkTarget {
  readonly url: string;
  readonly weight: number;
}

/** Who fits all that is given goes to this address, before any target: `fittingRule` in ../redirects/destination.ts. */
export interface LinkRule {
  readonly device: (typeof devices)[number] | null;
  /** The begin of a BCP 47 tag, in lower case: `de` is also `de-at`. */
  readonly language: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly url: string;
}

export const utmFields = ['source', 'medium', 'campaign', 'term', 'content'] as const;
/** Added to the address as `utm_source` and so on. */
export type Utm = Readonly<Record<(typeof utmFields)[number], string | null>>;

/** What decides where a visitor is sent, and whether. */
export interface LinkBehaviour {
  /** The address; with several targets that of the first. */
  url: string;
  /** Two or more, or none. */
  targets: LinkTarget[];
  status: (typeof statuses)[number];
  /** What follows the code in the path is added to the address, or its query. */
  passPath: boolean;
  passQuery: boolean;
  utm: Utm | null;
  rules: LinkRule[];
  startsAt: Date | null;
  expiresAt: Date | null;
  maxVisits: number | null;
}

/** What an owner writes. */
export interface LinkContent extends LinkBehaviour {
  title: string;
  tags: string[];
}

export type LinkChange = Partial<LinkContent>;

export class Link implements LinkContent {
  id: string;
  code: string;
  /** Null: nobody's, made by somebody who was not signed in, or deleted. */
  ownerId: string | null;
  url: string;
  targets: LinkTarget[];
  status: LinkBehaviour['status'];
  passPath: boolean;
  passQuery: boolean;
  utm: Utm | null;
  rules: LinkRule[];
  /** All hosts that it leads to, with the domains that they are in: what is disabled is found by them. */
  hosts: string[];
  passwordHash: string | null;
  startsAt: Date | null;
  expiresAt: Date | null;
  maxVisits: number | null;
  title: string;
  tags: string[];
  disabledReason: string | null;
  disabledAt: Date | null;
  deletedAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;

  static create({ id, code, ownerId, passwordHash = null }: NewLink, content: LinkContent, now: Date): Link {
    return Object.assign(new Link(), {
      ...{ id, code, ownerId, passwordHash, ...content, hosts: hostsOf(content) },
      ...{ disabledReason: null, disabledAt: null, deletedAt: null, version: 1, createdAt: now, updatedAt: now },
    });
  }

  /** Whether anything has changed. `passwordHash` undefined leaves the password as it is. */
  edit(change: LinkChange, passwordHash: string | null | undefined, now: Date): boolean {
    const before = { ...this };
    Object.assign(this, change, passwordHash !== undefined && { passwordHash });
    this.hosts = hostsOf(this);
    return !isDeepStrictEqual({ ...this }, before) && this.changed(now);
  }

  /** Whether it was not so already. */
  disable(reason: string, now: Date): boolean {
    if (this.disabledReason === reason) return false;
    Object.assign(this, { disabledReason: reason, disabledAt: this.disabledAt ?? now });
    return this.changed(now);
  }

  enable(now: Date): boolean {
    if (this.disabledAt === null) return false;
    Object.assign(this, { disabledReason: null, disabledAt: null });
    return this.changed(now);
  }

  private changed(now: Date): true {
    this.version++;
    this.updatedAt = now;
    return true;
  }
}

export interface NewLink {
  readonly id: string;
  readonly code: string;
  readonly ownerId: string | null;
  readonly passwordHash?: string | null;
}

/** Every address that somebody may be sent to, by the name of its field. */
export function addressesOf({ url, targets, rules }: Pick<LinkBehaviour, 'url' | 'targets' | 'rules'>) {
  const ofTargets = targets.map((target, index) => ({ path: `targets.${index}.url`, url: target.url }));
  const ofRules = rules.map((rule, index) => ({ path: `rules.${index}.url`, url: rule.url }));
  return [...(targets.length ? ofTargets : [{ path: 'url', url }]), ...ofRules];
}

export const hostOf = (url: string) => plainHost(new URL(url).hostname);

const hostsOf = (content: LinkContent) => [
  ...new Set(addressesOf(content).flatMap(({ url }) => hostAndDomains(hostOf(url)))),
];

/** What is wrong with all of it together, field by field. */
export function contradictionsIn({ startsAt, expiresAt, targets, rules }: Partial<LinkBehaviour>) {
  const found: { path: string; message: string }[] = [];
  if (startsAt && expiresAt && startsAt >= expiresAt)
    found.push({ path: 'expiresAt', message: 'Must be later than startsAt' });
  if (targets?.length === 1) found.push({ path: 'targets', message: 'One target is no choice: give its url' });
  rules?.forEach(({ device, language, country }, index) => {
    if (!device && !language && !country)
      found.push({ path: `rules.${index}`, message: 'Give a device, a language or a country' });
  });
  return found;
}

/** The same for links that send everybody alike, whatever they are called; in hex. */
export function fingerprintOf(content: LinkBehaviour): string {
  const { url, targets, status, passPath, passQuery, utm, rules, startsAt, expiresAt, maxVisits } = content;
  const utmValues = utm && utmFields.map((field) => utm[field]);
  const ruleValues = rules.map(({ device, language, country, url }) => [device, language, country, url]);
  const targetValues = targets.map(({ url, weight }) => [url, weight]);
  const when = [startsAt, expiresAt, maxVisits];
  const all = [url, targetValues, status, passPath, passQuery, utmValues, ruleValues, ...when];
  return hash('sha256', JSON.stringify(all), 'hex');
}
