/** The configuration of the three suites: `npm test`, `npm run test:docker` and `npm run test:interop`. */
const suite = process.env.SUITE ?? 'unit';
const isNewest = process.env.CDK !== 'floor';

module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  testMatch: {
    unit: ['**/*.test.ts', '!**/test/docker/**', '!**/test/interop/**'],
    docker: ['**/test/docker/**/*.test.ts'],
    interop: ['**/test/interop/**/*.test.ts'],
  }[suite],
  testPathIgnorePatterns: ['/node_modules/', '/fixtures/', ...(isNewest ? [] : ['/nag\\.test\\.ts$'])],
  // The library is compiled against the oldest supported aws-cdk-lib, and tested with that and the newest version.
  moduleNameMapper: isNewest
    ? { '^aws-cdk-lib$': 'aws-cdk-lib-newest', '^aws-cdk-lib/(.*)$': 'aws-cdk-lib-newest/$1' }
    : {},
  setupFiles: ['<rootDir>/test/setup.ts'],
  // Printed in CI. The threshold only keeps the coverage from falling.
  coverageProvider: 'v8',
  collectCoverageFrom: ['lib/**/*.ts', 'local/**/*.ts'],
  coverageReporters: ['text-summary'],
  coverageThreshold: { global: { lines: 90 } },
  testTimeout: { unit: 30_000, docker: 300_000, interop: 300_000 }[suite],
  // The containers of the corpus have time limits, which more than two at a time would exceed.
  maxConcurrency: 2,
  maxWorkers: suite === 'unit' ? 2 : 1,
};
