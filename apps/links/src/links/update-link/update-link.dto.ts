import { z } from 'zod';
import type { LinkChange } from '../link.ts';
import { maxVisits, passPath, passQuery, password, rules, status, tags, target, targets, time, title, utm } from '../link.dto.ts'; // prettier-ignore

export const UpdateLinkSchema = z
  .strictObject({
    url: target().meta({ description: 'Takes the place of several targets' }),
    targets: targets.min(1).meta({ description: 'Take the place of the url' }),
    status,
    passPath,
    passQuery,
    utm: utm.nullable(),
    rules: rules.nullable(),
    password: password.nullable(),
    startsAt: time.nullable(),
    expiresAt: time.nullable(),
    maxVisits: maxVisits.nullable(),
    title: title.nullable(),
    tags: tags.nullable(),
  })
  .partial()
  .refine(({ url, targets }) => url === undefined || targets === undefined, {
    path: ['targets'],
    message: 'Give a url or targets, not both',
  })
  .meta({ id: 'UpdateLink', examples: [{ title: 'Summer sale', expiresAt: null }] });
export type UpdateLink = z.output<typeof UpdateLinkSchema>;

/** Null clears: what is a list or a text is empty then. */
export function toChange({ password: _password, rules, tags, title, url, targets, ...rest }: UpdateLink): LinkChange {
  return {
    ...rest,
    ...(url !== undefined && { url, targets: [] }),
    ...(targets !== undefined && { targets, url: targets[0]!.url }),
    ...(rules !== undefined && { rules: rules ?? [] }),
    ...(tags !== undefined && { tags: tags ?? [] }),
    ...(title !== undefined && { title: title ?? '' }),
  };
}
