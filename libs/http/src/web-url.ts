import { z } from 'zod';

/** An address of the web, normalised: http or https, and no user name or password, which would deceive or be a secret for all to see. */
export const webUrl = () =>
  z
    .url({ protocol: /^https?$/, normalize: true, error: 'Must be an http or https URL' })
    .max(2_048, 'At most 2048 characters once it is normalised')
    .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), 'Must have no user name or password');
