import { z } from 'zod';
import { NewLinkShape, refineNewLink } from '../new-link.dto.ts';
import { LinkSchema } from '../link.dto.ts';

const { password: _password, ...RowShape } = NewLinkShape;

/** One row. A password takes the time of a core to hash: who wants one makes that link by itself. */
export const CreateLinksRowSchema = z.strictObject(RowShape).superRefine(refineNewLink);

/** Rows are looked at one by one: what is wrong with one is said in its result, and keeps no other from being made. */
const RowSchema = z
  .looseObject({})
  .meta({ id: 'CreateLinksRow', description: 'What `CreateLink` takes, but for a password' });

export const CreateLinksSchema = z.strictObject({ links: z.array(RowSchema).min(1).max(1_000) }).meta({
  id: 'CreateLinks',
  examples: [{ links: [{ url: 'https://example.org/a' }, { url: 'https://example.org/b' }] }],
});
export type CreateLinks = z.output<typeof CreateLinksSchema>;

export const CreateLinksResultSchema = z
  .object({
    status: z
      .int()
      .meta({ description: 'As if it had been made by itself: 201, 200, 400, 409 or 503', examples: [201] }),
    link: LinkSchema.nullable(),
    problem: z
      .object({
        code: z.string(),
        title: z.string(),
        errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
      })
      .nullable(),
  })
  .meta({ id: 'CreateLinksResult' });
export type CreateLinksResult = z.input<typeof CreateLinksResultSchema>;

export const CreatedLinksSchema = z
  .object({ results: z.array(CreateLinksResultSchema).meta({ description: 'One for each row, in their order' }) })
  .meta({ id: 'CreatedLinks' });
export type CreatedLinks = z.input<typeof CreatedLinksSchema>;
