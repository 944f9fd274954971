import { setSourceMapsSupport } from 'node:module';

/*
 * `node --import @cairn/service/source-maps`: stacks name our lines of TypeScript. `--enable-source-maps` reads the maps of all of
 * node_modules too: 20 MB in each process, for places that nobody here can mend.
 */
setSourceMapsSupport(true, { nodeModules: false });
