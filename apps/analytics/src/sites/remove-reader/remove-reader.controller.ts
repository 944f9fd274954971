import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { ReaderPathSchema, type ReaderPath } from '../reader.dto.ts';
import { NotYourSite, SiteNotFound } from '../site.errors.ts';
import { RemoveReaderHandler } from './remove-reader.handler.ts';

@Controller('sites')
export class RemoveReaderController {
  constructor(private readonly removeReader: RemoveReaderHandler) {}

  /** By the owner, or by the reader who wants to read it no longer. */
  @Delete(':id/readers/:userId')
  @SignedIn()
  @Answers({ errors: [SiteNotFound, NotYourSite] })
  remove(@Caller() caller: Principal, @Param({ schema: ReaderPathSchema }) path: ReaderPath): Promise<void> {
    return this.removeReader.execute(caller, path.id, path.userId);
  }
}
