import { Module, type DynamicModule } from '@nestjs/common';
import { Countries } from './countries.service.ts';
import { LoadVisitorSaltsJob, TurnVisitorSaltsJob } from './turn-visitor-salts.job.ts';
import { VisitorKeys } from './visitor-keys.service.ts';
import { VisitorSaltRepository } from './visitor-salts.repository.ts';
import { VISITORS_CONFIG, type VisitorsConfig } from './visitors.options.ts';

/** Needs DatabaseModule, and the migration of `@cairn/visitors/schema`. */
@Module({})
export class VisitorsModule {
  static forRoot(config: VisitorsConfig): DynamicModule {
    return {
      module: VisitorsModule,
      global: true,
      providers: [
        { provide: VISITORS_CONFIG, useValue: config },
        Countries,
        VisitorKeys,
        VisitorSaltRepository,
        LoadVisitorSaltsJob,
        TurnVisitorSaltsJob,
      ],
      exports: [Countries, VisitorKeys],
    };
  }
}
