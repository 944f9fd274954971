import { migrateSchema, type MigrationUrls } from '@cairn/database/migrate';
import { CreateIdempotencyKeys1763500000000, type Schema } from '@cairn/database/schema';
import { CreateMessaging1764000000000 } from '@cairn/messaging/schema';
import { CommentEntity } from './comments/comment.entity.ts';
import { CreatePosts1763600000000 } from './migrations/1763600000000-create-posts.migration.ts';
import { CreateComments1763700000000 } from './migrations/1763700000000-create-comments.migration.ts';
import { CreateLikes1763700100000 } from './migrations/1763700100000-create-likes.migration.ts';
import { CreatePostImports1763800000000 } from './migrations/1763800000000-create-post-imports.migration.ts';
import { IndexPeople1764000100000 } from './migrations/1764000100000-index-people.migration.ts';
import { CreateErasures1764000200000 } from './migrations/1764000200000-create-erasures.migration.ts';
import { PostEntity } from './posts/post.entity.ts';

/** What blog stores: for the service and for the tests that need only its database. */
export const database: Schema = {
  entities: [PostEntity, CommentEntity],
  migrations: [
    CreateIdempotencyKeys1763500000000,
    CreatePosts1763600000000,
    CreateComments1763700000000,
    CreateLikes1763700100000,
    CreatePostImports1763800000000,
    CreateMessaging1764000000000,
    IndexPeople1764000100000,
    CreateErasures1764000200000,
  ],
  appendOnly: ['post_revisions'],
};

export const migrate = (urls: MigrationUrls) => migrateSchema(urls, database);
