// npm run notebooks [-- NAME...]
//
// Deploys the stacks of the notebooks in examples/notebooks to a local service, runs the notebooks from their sources, and writes them with
// their outputs. With names of notebooks, only these.
import { APPS, runNotebooks } from '../test/notebooks';

async function main(names: string[]): Promise<void> {
  const selected = (name: string): boolean => names.length === 0 || names.includes(name);
  for (const app of APPS) {
    const notebooks = app.notebooks.filter(selected);
    if (notebooks.length === 0) continue;
    const { code, output } = await runNotebooks('write', { ...app, notebooks });
    console.log(output);
    if (code !== 0) process.exitCode = 1;
  }
}

void main(process.argv.slice(2));
