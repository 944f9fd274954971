import { Caller, Roles, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Body, Controller, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ImportPostsSchema, ImportReportSchema, MAX_IMPORT_BYTES } from './import-posts.dto.ts';
import type { ImportPosts, ImportReport } from './import-posts.dto.ts';
import { ImportPostsHandler } from './import-posts.handler.ts';

@Controller('posts')
export class ImportPostsController {
  constructor(private readonly importPosts: ImportPostsHandler) {}

  /** 200 also when files failed: the report says which. */
  @Post('import')
  @Roles('author', 'admin')
  @RouteConfig({ bodyLimit: MAX_IMPORT_BYTES })
  @Answers({ ok: ImportReportSchema })
  async import(
    @Caller() caller: Principal,
    @Body({ schema: ImportPostsSchema }) { files }: ImportPosts,
  ): Promise<ImportReport> {
    return { files: await this.importPosts.execute(caller, files) };
  }
}
