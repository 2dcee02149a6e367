import { execFileSync } from 'node:child_process';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** The output of a program that uses the built package. */
function output(program: string): string {
  return execFileSync(process.execPath, ['-p', program], { cwd: ROOT, encoding: 'utf8' }).trim();
}

test('The entry for tests has the classes of the submodule', () => {
  const names = "Object.keys(require('cdk-sagemaker-algorithm/testing'))";
  expect(output(`JSON.stringify(${names})`)).toBe('["JobRequests"]');
  const classes = ['cdk-sagemaker-algorithm/testing', 'cdk-sagemaker-algorithm'].map((one) => `require('${one}')`);
  expect(output(`${classes[0]}.JobRequests === ${classes[1]}.testing.JobRequests`)).toBe('true');
});

test('The import of the library does not load the assertions of the CDK, which take time', () => {
  const loaded = "Object.keys(require.cache).some((file) => file.includes('/assertions/'))";
  expect(output(`require('cdk-sagemaker-algorithm'); ${loaded}`)).toBe('false');
});
