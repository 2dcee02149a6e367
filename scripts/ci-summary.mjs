// Prints the total of the test results. The arguments are the names of the failed steps. The last line is `N passed, N failed`.
import { existsSync, readFileSync } from 'node:fs';

const SUITES = [
  ...['unit-newest', 'unit-floor'],
  ...['docker-counting-newest', 'docker-corpus-newest', 'docker-others-newest'],
  ...['interop-clients-newest', 'interop-others-newest'],
];
const failedSteps = process.argv.slice(2);
let passed = 0;
let failed = failedSteps.length;

for (const suite of SUITES) {
  const file = `.cache/results/${suite}.json`;
  if (!existsSync(file)) {
    console.log(`${suite}: did not run`);
    failed += 1;
    continue;
  }
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  // Skipped tests, and test files that could not be loaded, count as failed.
  const notPassed = numFailedTests + numPendingTests + numRuntimeErrorTestSuites;
  console.log(`${suite}: ${numPassedTests} passed, ${notPassed} failed or not run`);
  passed += numPassedTests;
  failed += notPassed;
}

for (const step of failedSteps) console.log(`step failed: ${step}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
