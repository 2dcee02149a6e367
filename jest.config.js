/** Three suites over one configuration: `npm test`, `npm run test:docker`, `npm run test:interop`. */
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
  // The library is compiled against the oldest aws-cdk-lib that it supports, and tested against that and the newest one.
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
  // Containers of the corpus mostly wait: two at a time leave each the times that it is measured by.
  maxConcurrency: 2,
  maxWorkers: suite === 'unit' ? 2 : 1,
};
