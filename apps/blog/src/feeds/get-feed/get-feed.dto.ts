import { z } from 'zod';
import { formats } from '../feed-document.ts';

export const FeedParamsSchema = z.object({ format: z.enum(formats) });
export type FeedParams = z.infer<typeof FeedParamsSchema>;
