// npm run bench [-- NAME]: measures what is claimed about speed. Ratios of one run; the machine is part of every number.
import { readdirSync } from 'node:fs';
import * as path from 'node:path';

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));

async function main(): Promise<void> {
  for (const name of wanted.length > 0 ? wanted : names) {
    console.log(`\n# ${name}`);
    const { run } = (await import(path.join(__dirname, `${name}.bench.ts`))) as { run: () => void | Promise<void> };
    await run();
  }
}

if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  process.exitCode = 2;
} else {
  void main();
}
