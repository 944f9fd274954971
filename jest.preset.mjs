import { readFileSync } from 'node:fs';

const { jsc } = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));

/** Jest 30 in ESM; other projects of the workspace are taken from their sources. */
export default {
  globalSetup: '<rootDir>/../../libs/testing/src/global-setup.ts',
  globalTeardown: '<rootDir>/../../libs/testing/src/global-teardown.ts',
  reporters: ['default', '<rootDir>/../../libs/testing/src/report.mjs'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@cairn/source', 'node', 'node-addons'] },
  testMatch: ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts'],
  // What needs Kafka, and so Java and Maven, is the proof `kafka`; what kills servers and services again and again the proof `kills`.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.TEST_KAFKA ? [] : ['/kafka\\.[^/]*int-spec\\.ts$']),
    ...(process.env.TEST_KILLS ? [] : ['\\.kills\\.']),
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { ...jsc, rewriteRelativeImportExtensions: false },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testTimeout: 20_000,
};
