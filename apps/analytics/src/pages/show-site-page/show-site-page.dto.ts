import { z } from 'zod';
import { ASSETS } from '../assets.ts';

/** Any: who may know of a site is for the API to say, which the page asks. */
export const SitePageParamsSchema = z.object({ site: z.string() });

export const AssetParamsSchema = z.object({ file: z.enum(ASSETS) });
export type AssetParams = z.infer<typeof AssetParamsSchema>;
