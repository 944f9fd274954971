import { z } from 'zod';
import { contradictionsIn, type LinkContent } from './link.ts';
import { customCode, maxVisits, passPath, passQuery, password, rules, status, tags, target, targets, time, title, utm } from './link.dto.ts'; // prettier-ignore

/** What a new link may be given. */
export const NewLinkShape = {
  url: target().optional(),
  targets: targets.default([]),
  code: customCode.optional(),
  status: status.default(302),
  passPath: passPath.default(false),
  passQuery: passQuery.default(false),
  utm: utm.nullable().default(null),
  rules: rules.default([]),
  password: password.nullable().default(null),
  startsAt: time.nullable().default(null),
  expiresAt: time.nullable().default(null),
  maxVisits: maxVisits.nullable().default(null),
  title: title.default(''),
  tags: tags.default([]),
  reuse: z
    .boolean()
    .default(false)
    .meta({ description: 'A link of yours that does the same is the answer, with 200, where there is one' }),
};

/** Without a password where many are made at once. */
type NewLink = Omit<z.output<z.ZodObject<typeof NewLinkShape>>, 'password'> & { readonly password?: string | null };

export function refineNewLink(link: NewLink, context: z.RefinementCtx): void {
  const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: path.split('.'), message });
  if (link.url === undefined && link.targets.length === 0) issue('url', 'Give a url, or targets');
  if (link.url !== undefined && link.targets.length > 0) issue('targets', 'Give a url or targets, not both');
  if (link.reuse && link.code !== undefined) issue('code', 'A link that is reused has its code');
  if (link.reuse && link.password != null) issue('password', 'A link with a password is not reused');
  for (const { path, message } of contradictionsIn(link)) issue(path, message);
}

export function toContent({ code: _code, password: _password, reuse: _reuse, url, ...rest }: NewLink): LinkContent {
  return { ...rest, url: url ?? rest.targets[0]!.url };
}
