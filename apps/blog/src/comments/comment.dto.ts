import { IdSchema } from '@cairn/contracts';
import { line, pageOf, text, timestamp } from '@cairn/http';
import { z } from 'zod';
import { outgrows } from '../markdown.ts';
import { AuthorSchema } from '../authors/author.dto.ts';

/** What a reader writes, and its limit. */
export const body = text()
  .min(1)
  .max(5_000)
  .refine((source) => !outgrows(source), 'Its HTML would be out of proportion: a long address is used too often')
  .meta({ description: 'CommonMark, with tables' });
export const reason = line().min(1).max(500);

export const CommentParamsSchema = z.object({ id: IdSchema });
export type CommentParams = z.infer<typeof CommentParamsSchema>;

export const CommentSchema = z
  .object({
    id: z.uuid(),
    postId: z.uuid(),
    parentId: z.uuid().nullable().meta({ description: 'The comment that it replies to' }),
    depth: z.int().meta({ description: '1 for the first of a thread' }),
    authorId: z.uuid().meta({ deprecated: true, description: 'Read the `id` of the `author`' }),
    author: AuthorSchema,
    state: z.enum(['visible', 'hidden', 'deleted']).meta({ id: 'CommentState' }),
    hiddenReason: z.string().nullable().meta({ description: 'Why a moderator hid it: for everybody to read' }),
    body: z.string().nullable().meta({
      description: 'The source. Null when deleted, and when hidden for all but its author, moderators and admins',
    }),
    bodyHtml: z.string().nullable().meta({ description: 'Rendered and sanitised; null when the body is' }),
    createdAt: timestamp,
    updatedAt: timestamp,
    version: z.int().meta({ description: 'Grows with every change: the first part of the ETag' }),
  })
  .meta({ id: 'Comment' });
/** Without the author, whose name identity has: authors.interceptor.ts adds it to what leaves. */
export type CommentView = Omit<z.input<typeof CommentSchema>, 'author'>;

export const CommentPageSchema = pageOf(CommentSchema).meta({ id: 'CommentPage' });
