import { line, timestamp } from '@cairn/http';
import { z } from 'zod';
import { isTimeZone } from './time-zone.ts';
import { webOrigin } from './web-origin.ts';

/** A text that is another way to write something, or wrong. */
const read = (how: (text: string) => string | undefined, message: string) => (text: string, context: z.RefinementCtx) =>
  how(text) ?? (context.addIssue({ code: 'custom', message }), z.NEVER);

export const name = line().min(1).max(100);
export const timeZone = z
  .string()
  .max(100)
  .refine(isTimeZone, 'There is no such time zone')
  .meta({ description: 'IANA time zone', examples: ['Europe/Vienna'] });
export const allowedOrigins = z
  .array(z.string().max(300).transform(read(webOrigin, 'Give an origin, such as https://example.org')))
  .max(50)
  .transform((origins) => [...new Set(origins)])
  .meta({ description: 'Whose pages may send hits; empty: those of everybody', examples: [['https://example.org']] });

export const SiteIdSchema = z.uuid();

export const SiteSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(['web', 'links', 'blog']).meta({ id: 'SiteKind' }),
    name: z.string().meta({ examples: ['My pages'] }),
    key: z
      .string()
      .nullable()
      .meta({
        description:
          'Public: by it pages say whose hits they send. Null: of links or of the blog, which takes none from pages',
        examples: ['8sYb1x0aQ2mTn4Zc'],
      }),
    timeZone: z.string().meta({ examples: ['Europe/Vienna'] }),
    allowedOrigins: z.array(z.string()),
    ownerId: z.uuid().nullable().meta({ description: 'Null: the admins have it' }),
    createdAt: timestamp,
    updatedAt: timestamp,
    version: z.int(),
  })
  .meta({ id: 'Site' });
export type SiteView = z.input<typeof SiteSchema>;
