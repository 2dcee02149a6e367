/** The configuration of the suites: `npm test`, `npm run test:docker`, `npm run test:interop` and `npm run test:nightly`. */
const suite = process.env.SUITE ?? 'unit';
const isNewest = process.env.CDK !== 'floor';

/** The tests that run only with the newest aws-cdk-lib: most of them do not depend on its version. */
const NEWEST_ONLY = [
  '/test/(handlers|local)/',
  '/test/(architecture|contract-document|gaps|languages|migration|nag|notebooks|platform|site|start|words)\\.test\\.ts$',
];

/** The Docker tests of the nightly suite: they repeat what others test, with many moments of a failure, two accounts or constructs of others. */
const NIGHTLY = ['canary', 'continuous-executions', 'crashes', 'migration', 'two-accounts'];

/**
 * The parts of suites that CI runs side by side. The tests of the first one count the containers of the machine, so that no others may start
 * any meanwhile. `others` is the rest of a suite.
 */
const PARTS = {
  counting: 'docker/(check-interruption|compare|containers|hosting|init|interruption|local-service)',
  corpus: 'docker/corpus',
  clients: 'interop/(clients|continuous|notebooks)',
};
const { PART: part = '' } = process.env;
const inOtherParts = part === 'others' ? Object.values(PARTS) : [];

module.exports = {
  // Coverage is measured at the positions of the code as Jest compiles it.
  testEnvironment: process.env.COVERAGE ? 'node' : '<rootDir>/test/environment.ts',
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  testMatch: {
    unit: ['**/*.test.ts', '!**/test/docker/**', '!**/test/interop/**', '!**/test/nightly/**'],
    docker: ['**/test/docker/**/*.test.ts'],
    interop: ['**/test/interop/**/*.test.ts'],
    // Also all random histories and all containers of the corpus, of which the other suites test a part.
    nightly: [
      ...['**/test/nightly/**/*.test.ts', '**/random-operations.test.ts', '**/test/docker/corpus.test.ts'],
      ...NIGHTLY.map((name) => `**/test/docker/${name}.test.ts`),
    ],
  }[suite],
  // The handlers and the local tools do not import aws-cdk-lib.
  testPathIgnorePatterns: [
    '/node_modules/',
    '/fixtures/',
    ...(isNewest ? [] : NEWEST_ONLY),
    ...(suite === 'docker' ? NIGHTLY.map((name) => `/test/docker/${name}\\.test\\.ts$`) : []),
    ...inOtherParts.map((files) => `/test/${files}\\.test\\.ts$`),
    ...(part in PARTS ? [`/test/(?!${PARTS[part]}\\.test)`] : []),
  ],
  // The library is compiled against the oldest supported aws-cdk-lib, and tested with that and the newest version.
  moduleNameMapper: {
    ...(isNewest ? { '^aws-cdk-lib$': 'aws-cdk-lib-newest', '^aws-cdk-lib/(.*)$': 'aws-cdk-lib-newest/$1' } : {}),
    '^ajv$': '<rootDir>/test/compiled-schemas.ts',
  },
  setupFiles: ['<rootDir>/test/setup.ts'],
  globalSetup: '<rootDir>/test/temporary-files.ts',
  globalTeardown: '<rootDir>/test/delete-temporary-files.ts',
  // Printed every night. The threshold only keeps the coverage from falling.
  coverageProvider: 'v8',
  collectCoverageFrom: ['lib/**/*.ts', 'local/**/*.ts'],
  coverageReporters: ['text-summary'],
  coverageThreshold: { global: { lines: 90 } },
  // Only stops a test that hangs: also on a busy machine, no test may depend on its duration.
  testTimeout: 600_000,
  // The default of 500 ms is too short for the exit of a large process on a busy machine, and reports a leak that does not exist.
  workerGracefulExitTimeout: 60_000,
  // Containers of the corpus mostly wait. Two at a time do not slow each other down.
  maxConcurrency: 2,
  // Some files of the unit tests mostly wait: for time limits of containers, and for processes.
  maxWorkers: suite === 'unit' ? 4 : 1,
};
