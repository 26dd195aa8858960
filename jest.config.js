export default {
  rootDir: '.',
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/start-run.js',
  globalTeardown: '<rootDir>/test/end-run.js',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.unfold'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
