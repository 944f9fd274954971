import { DiscoveryService, Reflector } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';

export interface Route {
  readonly name: string;
  readonly access: unknown;
}

/** Every controller method and resolver field of an application, with the access that it declares. */
export function routesOf(app: INestApplication): Route[] {
  const reflector = app.get(Reflector);
  const discovery = app.get(DiscoveryService, { strict: false });
  return [...discovery.getControllers(), ...discovery.getProviders()].flatMap(({ metatype }) => {
    if (typeof metatype !== 'function' || !metatype.prototype) return [];
    const prototype = metatype.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype)
      .filter(
        (key) => key !== 'constructor' && typeof Object.getOwnPropertyDescriptor(prototype, key)?.value === 'function',
      )
      .map((key) => ({ key, method: prototype[key] as () => void }))
      .filter(
        ({ method }) => Reflect.hasMetadata('path', method) || Reflect.hasMetadata('graphql:resolver_type', method),
      )
      .map(({ key, method }) => ({
        name: `${metatype.name}.${key}`,
        access: reflector.getAllAndOverride('cairn:access', [method, metatype as () => void]),
      }));
  });
}
