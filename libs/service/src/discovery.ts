import type { DiscoveryService } from '@nestjs/core';

export interface Found<Options, Provider> {
  readonly options: Options;
  readonly provider: Provider;
}

/** The providers of an application that carry a decorator, so that a library can bring its own health check, command or job. */
export function providersWith<Options, Provider>(discovery: DiscoveryService, key: string): Found<Options, Provider>[] {
  return discovery
    .getProviders()
    .filter(({ metatype, instance }) => typeof metatype === 'function' && instance)
    .map(({ metatype, instance }) => ({
      options: Reflect.getMetadata(key, metatype as object) as Options | undefined,
      provider: instance as Provider,
    }))
    .filter((found): found is Found<Options, Provider> => found.options !== undefined);
}
