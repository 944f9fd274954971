import { definePolicy, type Principal } from '@cairn/auth';
import { NotYourSite, SiteNotFound } from './site.errors.ts';
import type { SiteOfSomebody } from './site.ts';

/** Its owner does as they like, those invited read; what is nobody's is the admins'. */
export const sitePolicy = definePolicy<'read' | 'change', SiteOfSomebody>((caller, allow) => {
  if (!caller) return;
  allow(['read'], { isReader: true });
  allow(['read', 'change'], { ownerId: caller.id });
  if (caller.roles.includes('admin')) allow(['read', 'change'], { ownerId: null });
});

/** @throws SiteNotFound when the caller may not know of it */
export function assertMayRead<Found extends SiteOfSomebody>(
  caller: Principal | undefined,
  site: Found | undefined,
): asserts site is Found {
  if (!site || !sitePolicy.allows(caller, 'read', site)) throw new SiteNotFound();
}

/** @throws SiteNotFound when the caller may not know of it, NotYourSite */
export function assertMayChange<Found extends SiteOfSomebody>(
  caller: Principal,
  site: Found | undefined,
): asserts site is Found {
  assertMayRead(caller, site);
  if (!sitePolicy.allows(caller, 'change', site)) throw new NotYourSite();
}
