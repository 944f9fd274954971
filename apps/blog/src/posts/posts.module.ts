import { Module } from '@nestjs/common';
import { TagsModule } from '../tags/tags.module.ts';
import { CreatePostController } from './create-post/create-post.controller.ts';
import { CreatePostHandler } from './create-post/create-post.handler.ts';
import { DeletePostController } from './delete-post/delete-post.controller.ts';
import { DeletePostHandler } from './delete-post/delete-post.handler.ts';
import { GetPostController } from './get-post/get-post.controller.ts';
import { GetPostQuery } from './get-post/get-post.query.ts';
import { GetRevisionController } from './get-revision/get-revision.controller.ts';
import { GetRevisionQuery } from './get-revision/get-revision.query.ts';
import { ImportPostsController } from './import-posts/import-posts.controller.ts';
import { ImportPostsHandler } from './import-posts/import-posts.handler.ts';
import { PostImportRepository } from './import-posts/post-import.repository.ts';
import { KnownPosts } from './known-posts.query.ts';
import { ListPostsController } from './list-posts/list-posts.controller.ts';
import { ListPostsQuery } from './list-posts/list-posts.query.ts';
import { ListRevisionsController } from './list-revisions/list-revisions.controller.ts';
import { ListRevisionsQuery } from './list-revisions/list-revisions.query.ts';
import { PostCache } from './post-cache.service.ts';
import { PostRevisionRepository } from './post-revision.repository.ts';
import { PostSearchRepository } from './post-search.repository.ts';
import { PostRepository } from './post.repository.ts';
import { PostViews } from './post-views.query.ts';
import { PostMutationsResolver } from './post-mutations.resolver.ts';
import { PostsResolver } from './posts.resolver.ts';
import { PublishDuePostsJob } from './publish-due-posts/publish-due-posts.job.ts';
import { PublishPostController } from './publish-post/publish-post.controller.ts';
import { PublishPostHandler } from './publish-post/publish-post.handler.ts';
import { RestoreRevisionController } from './restore-revision/restore-revision.controller.ts';
import { RestoreRevisionHandler } from './restore-revision/restore-revision.handler.ts';
import { UnpublishPostController } from './unpublish-post/unpublish-post.controller.ts';
import { UnpublishPostHandler } from './unpublish-post/unpublish-post.handler.ts';
import { UpdatePostController } from './update-post/update-post.controller.ts';
import { UpdatePostHandler } from './update-post/update-post.handler.ts';
import { UserPostsResolver } from './user-posts.resolver.ts';
import { VisiblePosts } from './visible-posts.query.ts';

@Module({
  imports: [TagsModule],
  controllers: [
    ListPostsController,
    CreatePostController,
    GetPostController,
    UpdatePostController,
    DeletePostController,
    PublishPostController,
    UnpublishPostController,
    ListRevisionsController,
    GetRevisionController,
    RestoreRevisionController,
    ImportPostsController,
  ],
  providers: [
    PostRepository,
    PostSearchRepository,
    PostRevisionRepository,
    PostViews,
    PostCache,
    VisiblePosts,
    PostsResolver,
    UserPostsResolver,
    PostMutationsResolver,
    KnownPosts,
    ListPostsQuery,
    CreatePostHandler,
    GetPostQuery,
    UpdatePostHandler,
    DeletePostHandler,
    PublishPostHandler,
    UnpublishPostHandler,
    PublishDuePostsJob,
    ListRevisionsQuery,
    GetRevisionQuery,
    RestoreRevisionHandler,
    ImportPostsHandler,
    PostImportRepository,
  ],
  exports: [PostRepository, PostCache, VisiblePosts, KnownPosts],
})
export class PostsModule {}
