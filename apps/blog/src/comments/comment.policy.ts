import { definePolicy } from '@cairn/auth';
import type { CommentState } from './comment.ts';

export type CommentAction = 'read' | 'edit' | 'delete' | 'moderate';

/** Who may read what a comment says (its place in the thread is there for everybody), and who may change it. */
export const commentPolicy = definePolicy<CommentAction, { state: CommentState; authorId: string }>((caller, allow) => {
  allow(['read'], { state: 'visible' });
  if (caller) allow(['read', 'edit', 'delete'], { authorId: caller.id });
  if (caller?.roles.includes('moderator')) allow(['read', 'delete', 'moderate']);
  if (caller?.roles.includes('admin')) allow(['read', 'edit', 'delete', 'moderate']);
});
