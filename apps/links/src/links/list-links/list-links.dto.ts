import { line, PageQuerySchema, pageOf } from '@cairn/http';
import { z } from 'zod';
import { LinkSchema, tag } from '../link.dto.ts';
import { toHost } from '../target.ts';

const host = line()
  .max(300)
  .transform((text, context) => {
    const name = toHost(text);
    if (name === undefined) context.addIssue({ code: 'custom', message: 'Not a host' });
    return name ?? z.NEVER;
  });

export const ListLinksSchema = PageQuerySchema.extend({
  q: line()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Part of the title, the address or the code, in any case', examples: ['summer'] }),
  tag: tag.optional(),
  state: LinkSchema.shape.state.optional(),
  host: host.optional().meta({ description: 'That lead to this host, or into this domain', examples: ['example.org'] }),
  whose: z
    .enum(['mine', 'all'])
    .default('mine')
    .meta({ description: '`all`: whatever the caller may see, which for moderators are everybody’s' }),
});
export type ListLinks = z.output<typeof ListLinksSchema>;

export const LinkPageSchema = pageOf(LinkSchema).meta({ id: 'LinkPage' });
