import { IdSchema } from '@cairn/contracts';
import { pageOf, PageQuerySchema, timestamp } from '@cairn/http';
import { z } from 'zod';
import { reason } from '../links/link.dto.ts';

export const ReportLinkSchema = z
  .strictObject({ reason })
  .meta({ id: 'ReportLink', examples: [{ reason: 'It asks for my bank password' }] });
export type ReportLink = z.infer<typeof ReportLinkSchema>;

export const ReportParamsSchema = z.object({ id: IdSchema });
export type ReportParams = z.infer<typeof ReportParamsSchema>;

export const ReportSchema = z
  .object({
    id: z.uuid(),
    code: z.string().meta({ examples: ['k7Hq3Xd'] }),
    urls: z.array(z.string()).meta({
      description: 'All addresses that it led to when it was reported',
      examples: [['https://example.org/']],
    }),
    reason: z.string(),
    reporterId: z.uuid().nullable().meta({ description: 'Null: somebody who was not signed in' }),
    createdAt: timestamp,
  })
  .meta({ id: 'LinkReport' });
export type Report = z.input<typeof ReportSchema>;

export const ListReportsSchema = PageQuerySchema;
export type ListReports = z.output<typeof ListReportsSchema>;
export const ReportPageSchema = pageOf(ReportSchema).meta({ id: 'LinkReportPage' });
