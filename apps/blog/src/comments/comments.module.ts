import { Module } from '@nestjs/common';
import { PostsModule } from '../posts/posts.module.ts';
import { CommentRepository } from './comment.repository.ts';
import { CommentViews } from './comment-views.query.ts';
import { CommentsResolver } from './comments.resolver.ts';
import { CreateCommentController } from './create-comment/create-comment.controller.ts';
import { CreateCommentHandler } from './create-comment/create-comment.handler.ts';
import { DeleteCommentController } from './delete-comment/delete-comment.controller.ts';
import { DeleteCommentHandler } from './delete-comment/delete-comment.handler.ts';
import { GetCommentController } from './get-comment/get-comment.controller.ts';
import { GetCommentQuery } from './get-comment/get-comment.query.ts';
import { HideCommentController } from './hide-comment/hide-comment.controller.ts';
import { HideCommentHandler } from './hide-comment/hide-comment.handler.ts';
import { KnownComments } from './known-comments.query.ts';
import { ListCommentsController } from './list-comments/list-comments.controller.ts';
import { ListCommentsQuery } from './list-comments/list-comments.query.ts';
import { PostCommentsResolver } from './post-comments.resolver.ts';
import { UnhideCommentController } from './unhide-comment/unhide-comment.controller.ts';
import { UnhideCommentHandler } from './unhide-comment/unhide-comment.handler.ts';
import { UpdateCommentController } from './update-comment/update-comment.controller.ts';
import { UpdateCommentHandler } from './update-comment/update-comment.handler.ts';

@Module({
  imports: [PostsModule],
  controllers: [
    ListCommentsController,
    CreateCommentController,
    GetCommentController,
    UpdateCommentController,
    DeleteCommentController,
    HideCommentController,
    UnhideCommentController,
  ],
  providers: [
    CommentRepository,
    CommentViews,
    CommentsResolver,
    PostCommentsResolver,
    KnownComments,
    ListCommentsQuery,
    CreateCommentHandler,
    GetCommentQuery,
    UpdateCommentHandler,
    DeleteCommentHandler,
    HideCommentHandler,
    UnhideCommentHandler,
  ],
  exports: [CommentRepository],
})
export class CommentsModule {}
