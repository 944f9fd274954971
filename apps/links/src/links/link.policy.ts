import { definePolicy, type Principal } from '@cairn/auth';
import { LinkNotFound, NotYourLink } from './link.errors.ts';

export type LinkAction = 'read' | 'change' | 'moderate';

/** A link is its owner's; moderators see all of them and may disable each. Whoever has the code may visit it: that is no matter of this. */
export const linkPolicy = definePolicy<LinkAction, { ownerId: string | null }>((caller, allow) => {
  if (caller) allow(['read', 'change'], { ownerId: caller.id });
  if (caller?.roles.includes('moderator')) allow(['read', 'moderate']);
  if (caller?.roles.includes('admin')) allow(['read', 'change', 'moderate']);
});

/** @throws LinkNotFound also when the caller may not see it, NotYourLink */
export function assertMay<Found extends { ownerId: string | null }>(
  caller: Principal,
  action: LinkAction,
  link: Found | null | undefined,
): asserts link is Found {
  if (!link || !linkPolicy.allows(caller, 'read', link)) throw new LinkNotFound();
  if (!linkPolicy.allows(caller, action, link)) throw new NotYourLink();
}
