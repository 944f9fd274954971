import { Caller, Roles, type Principal } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Body, Controller, Delete, Get, Param, Post, Query, type Type } from '@nestjs/common';
import {
  ChooseDeadLettersSchema,
  ChosenSchema,
  DeadLetterDetailsSchema,
  DeadLetterIdSchema,
  DeadLetterPageSchema,
  ListDeadLettersSchema,
  type ChooseDeadLetters,
  type Chosen,
  type DeadLetter,
  type DeadLetterDetails,
  type ListDeadLetters,
} from './dead-letter.dto.ts';
import { DeadLetters } from './dead-letters.handler.ts';
import { DeadLetterNotFound, NotDeadYet, WaitsBehindAnother } from './dead-letters.errors.ts';

/** Their path holds the name of the service, so each service gets classes of its own. */
export function deadLetterControllers(service: string): Type[] {
  const path = `operations/${service}/dead-letters`;

  @Controller(path)
  class ListDeadLettersController {
    constructor(private readonly letters: DeadLetters) {}

    /** What could not be handled, the oldest first. */
    @Get()
    @Roles('admin')
    @Answers({ ok: DeadLetterPageSchema })
    list(@Query({ schema: ListDeadLettersSchema }) query: ListDeadLetters): Promise<Page<DeadLetter>> {
      return this.letters.list(query);
    }
  }

  @Controller(path)
  class GetDeadLetterController {
    constructor(private readonly letters: DeadLetters) {}

    @Get(':id')
    @Roles('admin')
    @Answers({ ok: DeadLetterDetailsSchema, errors: [DeadLetterNotFound] })
    get(@Param('id', { schema: DeadLetterIdSchema }) id: string): Promise<DeadLetterDetails> {
      return this.letters.get(id);
    }
  }

  @Controller(path)
  class ReplayDeadLettersController {
    constructor(private readonly letters: DeadLetters) {}

    /** All of those chosen, or none. */
    @Post('replay')
    @Roles('admin')
    @Answers({ ok: ChosenSchema })
    replay(
      @Caller() { id }: Principal,
      @Body({ schema: ChooseDeadLettersSchema }) chosen: ChooseDeadLetters,
    ): Promise<Chosen> {
      return this.letters.replayMany(id, chosen);
    }
  }

  @Controller(path)
  class ReplayDeadLetterController {
    constructor(private readonly letters: DeadLetters) {}

    /** It is tried again at once, under its id and before what waits behind it. */
    @Post(':id/replay')
    @Roles('admin')
    @Answers({ ok: DeadLetterDetailsSchema, errors: [DeadLetterNotFound, WaitsBehindAnother] })
    replay(
      @Caller() operator: Principal,
      @Param('id', { schema: DeadLetterIdSchema }) id: string,
    ): Promise<DeadLetterDetails> {
      return this.letters.replay(operator.id, id);
    }
  }

  @Controller(path)
  class DiscardDeadLettersController {
    constructor(private readonly letters: DeadLetters) {}

    /** Up to 1000 of those chosen, the oldest first. */
    @Post('discard')
    @Roles('admin')
    @Answers({ ok: ChosenSchema })
    discard(
      @Caller() { id }: Principal,
      @Body({ schema: ChooseDeadLettersSchema }) chosen: ChooseDeadLetters,
    ): Promise<Chosen> {
      return this.letters.discardMany(id, chosen);
    }
  }

  @Controller(path)
  class DiscardDeadLetterController {
    constructor(private readonly letters: DeadLetters) {}

    /** It is given up: what waits behind it goes on. */
    @Delete(':id')
    @Roles('admin')
    @Answers({ errors: [DeadLetterNotFound, NotDeadYet, WaitsBehindAnother] })
    discard(@Caller() operator: Principal, @Param('id', { schema: DeadLetterIdSchema }) id: string): Promise<void> {
      return this.letters.discard(operator.id, id);
    }
  }

  return [
    ListDeadLettersController,
    ReplayDeadLettersController,
    DiscardDeadLettersController,
    GetDeadLetterController,
    ReplayDeadLetterController,
    DiscardDeadLetterController,
  ];
}
