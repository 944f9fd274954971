import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { ReadersSchema, type Readers } from '../reader.dto.ts';
import { SiteIdSchema } from '../site.dto.ts';
import { SiteNotFound } from '../site.errors.ts';
import { ListReadersQuery } from './list-readers.query.ts';

@Controller('sites')
export class ListReadersController {
  constructor(private readonly listReaders: ListReadersQuery) {}

  /** All of them: there are not many. */
  @Get(':id/readers')
  @SignedIn()
  @Answers({ ok: ReadersSchema, errors: [SiteNotFound] })
  list(@Caller() caller: Principal, @Param('id', { schema: SiteIdSchema }) id: string): Promise<Readers> {
    return this.listReaders.execute(caller, id);
  }
}
