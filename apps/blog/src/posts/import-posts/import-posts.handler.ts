import type { Principal } from '@cairn/auth';
import { Transactions, type Transaction } from '@cairn/database';
import { InvalidInput } from '@cairn/http';
import { Outbox } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { announceState } from '../post.events.ts';
import { PostRepository } from '../post.repository.ts';
import { Post } from '../post.ts';
import type { FileReport, MarkdownFile } from './import-posts.dto.ts';
import { appear, takenOver, takeOver, type ImportedPost } from './imported-post.ts';
import { toImportedPost } from './markdown-file.mapper.ts';
import { PostImportRepository, type FileKey } from './post-import.repository.ts';

@Injectable()
export class ImportPostsHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly posts: PostRepository,
    private readonly imports: PostImportRepository,
    private readonly outbox: Outbox,
  ) {}

  /** One transaction per file: a bad one does not stop the rest, and after a crash the same import goes on. */
  async execute(author: Principal, files: readonly MarkdownFile[]): Promise<FileReport[]> {
    const report: FileReport[] = [];
    for (const file of files) report.push({ path: file.path, ...(await this.importFile(author, file)) });
    return report;
  }

  private async importFile(author: Principal, file: MarkdownFile): Promise<Omit<FileReport, 'path'>> {
    try {
      const imported = toImportedPost(file);
      const key = { authorId: author.id, path: file.path };
      return await this.transactions.run((tx) => this.createOrUpdate(tx, key, imported, new Date()));
    } catch (error) {
      if (error instanceof InvalidInput) return { result: 'failed', errors: error.errors };
      throw error; // not of the file: the rest would fail, too
    }
  }

  /** Tries again when the post has been deleted, or created by another import, since it looked. */
  private async createOrUpdate(tx: Transaction, key: FileKey, imported: ImportedPost, now: Date) {
    for (;;) {
      const postId = await this.imports.postOf(tx, key);
      const report = postId
        ? await this.update(tx, key, postId, imported, now)
        : await this.create(tx, key, imported, now);
      if (report) return report;
    }
  }

  private async create(tx: Transaction, key: FileKey, imported: ImportedPost, now: Date) {
    const post = Post.draft(uuidv7(), key.authorId, imported.content, now);
    appear(post, imported, now);
    if (!(await this.imports.claim(tx, key, post.id, takenOver(imported)))) return undefined;
    await this.posts.insert(tx, post);
    await announceState(this.outbox, tx, undefined, post);
    return { result: 'created' as const, slug: post.slug };
  }

  private async update(tx: Transaction, key: FileKey, postId: string, imported: ImportedPost, now: Date) {
    const post = await this.posts.lock(tx, postId);
    if (!post) return undefined;
    const { state } = post;
    const last = await this.imports.lastTakenOver(tx, postId);
    const next = takenOver(imported);
    const result = takeOver(post, imported, last, now);
    if (result === 'edited') return { result: 'failed' as const, slug: post.slug, errors: [EDITED] };
    if (result === 'updated' && next.contentDigest === last.contentDigest) await this.posts.save(tx, post);
    else if (result === 'updated') await this.posts.saveContent(tx, post, key.authorId);
    await announceState(this.outbox, tx, state, post);
    await this.imports.remember(tx, postId, next);
    return { result, slug: post.slug };
  }
}

const EDITED = { path: 'file', message: 'Both the file and its post have been edited since the last import' };
