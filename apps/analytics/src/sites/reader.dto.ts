import { timestamp } from '@cairn/http';
import { z } from 'zod';

export const ReaderSchema = z.object({ userId: z.uuid(), invitedAt: timestamp }).meta({ id: 'SiteReader' });
export const ReadersSchema = z.object({ items: z.array(ReaderSchema) }).meta({ id: 'SiteReaders' });
export type Readers = z.input<typeof ReadersSchema>;

export const ReaderPathSchema = z.object({ id: z.uuid(), userId: z.uuid() });
export type ReaderPath = z.infer<typeof ReaderPathSchema>;
