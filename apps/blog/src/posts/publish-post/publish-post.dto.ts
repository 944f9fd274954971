import { z } from 'zod';

export const PublishPostSchema = z
  .strictObject({
    at: z.iso
      .datetime({ offset: true })
      .transform((time) => new Date(time))
      .refine((time) => time > new Date(), 'Must be in the future')
      .optional()
      .meta({ description: 'When it shall appear; absent: now' }),
  })
  .default({})
  .meta({ id: 'PublishPost', examples: [{ at: '2099-01-01T09:00:00Z' }] });
export type PublishPost = z.infer<typeof PublishPostSchema>;
