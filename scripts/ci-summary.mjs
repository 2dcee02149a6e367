// Sums up what the suites counted. The arguments are the steps that failed. The last line is `N passed, N failed`.
import { existsSync, readFileSync } from 'node:fs';

const SUITES = ['unit-newest', 'unit-floor', 'docker-newest', 'interop-newest'];
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
  // A test that was left out did not pass, and a file that could not be loaded has tests that nobody counted.
  const bad = numFailedTests + numPendingTests + numRuntimeErrorTestSuites;
  console.log(`${suite}: ${numPassedTests} passed, ${bad} failed or not run`);
  passed += numPassedTests;
  failed += bad;
}

for (const step of failedSteps) console.log(`step failed: ${step}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
