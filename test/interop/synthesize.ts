/** Synthesizes examples in one process, which loads the schema rules once: synthesize.ts DIRECTORY EXAMPLE… */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const [directory, ...examples] = process.argv.slice(2);

async function main(): Promise<void> {
  // The feature flags, as the CDK CLI passes them to an app: with them, a violated rule is an error.
  const { context } = JSON.parse(readFileSync(path.join(ROOT, 'cdk.json'), 'utf8')) as { context: object };
  process.env.CDK_CONTEXT_JSON = JSON.stringify(context);
  for (const example of examples) {
    // An app reads it when it is created, and writes its templates at the end of the process.
    process.env.CDK_OUTDIR = path.join(directory, example);
    await import(path.join(ROOT, 'examples', example, 'app.ts'));
  }
}

void main();
