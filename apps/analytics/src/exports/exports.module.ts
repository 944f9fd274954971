import { Module } from '@nestjs/common';
import { ReportsModule } from '../reports/reports.module.ts';
import { SitesModule } from '../sites/sites.module.ts';
import { ExportHitsController } from './export-hits/export-hits.controller.ts';
import { ExportHitsQuery } from './export-hits/export-hits.query.ts';
import { ExportReportsController } from './export-reports/export-reports.controller.ts';

@Module({
  imports: [SitesModule, ReportsModule],
  controllers: [ExportHitsController, ExportReportsController],
  providers: [ExportHitsQuery],
})
export class ExportsModule {}
