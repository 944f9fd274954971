import type { LinkRule, LinkTarget } from '../links/link.ts';
import type { ServedLink } from '../links/served-link.ts';
import { preferencesOf, qualityOf } from './accept-language.ts';

/** What rules look at. */
export interface Visitor {
  readonly device: string;
  readonly country: string | null;
  readonly acceptLanguage: string | undefined;
}

export interface Destination {
  readonly url: string;
  /** 0 and on: the link's targets, of which its address is the only one where it has no others; after them its rules. */
  readonly target: number;
}

/**
 * Where this visitor goes: by the rule that fits, else to a target that is drawn by weight, anew at each visit.
 * @param random from 0 to less than 1
 */
export function destinationOf(link: ServedLink, visitor: () => Visitor, random: () => number): Destination {
  const { rules, targets, url } = link;
  if (rules.length) {
    const fitting = fittingRule(rules, visitor());
    if (fitting !== -1) return { url: rules[fitting]!.url, target: Math.max(1, targets.length) + fitting };
  }
  if (!targets.length) return { url, target: 0 };
  const target = draw(targets, random());
  return { url: targets[target]!.url, target };
}

/** The first of those that fit; of rules by language the one that the visitor reads most gladly. -1: none. */
function fittingRule(rules: readonly LinkRule[], { device, country, acceptLanguage }: Visitor): number {
  const preferences = preferencesOf(acceptLanguage);
  let best = -1;
  let most = 0;
  for (const [index, rule] of rules.entries()) {
    if (rule.device && rule.device !== device) continue;
    if (rule.country && rule.country !== country) continue;
    const quality = rule.language ? qualityOf(rule.language, preferences) : 1;
    if (quality > most) [best, most] = [index, quality];
  }
  return best;
}

function draw(targets: readonly LinkTarget[], random: number): number {
  let left = random * targets.reduce((sum, { weight }) => sum + weight, 0);
  const drawn = targets.findIndex(({ weight }) => (left -= weight) < 0);
  return drawn === -1 ? targets.length - 1 : drawn;
}
