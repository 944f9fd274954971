import { PageQuerySchema } from '@cairn/http';
import type { z } from 'zod';

export const ListCommentsSchema = PageQuerySchema;
export type ListComments = z.infer<typeof ListCommentsSchema>;
/** A page of one post's comments: those after this path. */
export type CommentsOfPost = ListComments & { postId: string; begin: string };
