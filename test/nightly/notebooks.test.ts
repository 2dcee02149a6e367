import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../docker/local-machine';
import { APPS, SHARED, runNotebooks } from '../notebooks';

const OTHERS = APPS.filter((app) => app !== SHARED).map((app) => [app.notebooks.join(', '), app] as const);

// `npm run test:interop` runs those that share a deployment.
test.each(OTHERS)('The notebook %s has the outputs that are saved in it, and leaves nothing behind', async (_, app) => {
  const { code, output } = await runNotebooks('check', app);
  expect({ code, output }).toMatchObject({ code: 0 });
});

test('Every notebook is run by a test', () => {
  const saved = readdirSync(path.join(ROOT, 'examples', 'notebooks')).filter((name) => name.endsWith('.ipynb'));
  const run = APPS.flatMap(({ notebooks }) => notebooks.map((name) => `${name}.ipynb`));
  expect(run.sort()).toEqual(saved.sort());
});
