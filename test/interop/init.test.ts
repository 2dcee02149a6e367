import * as path from 'node:path';
import { newProject, withDefaults } from '../../local/init';
import { directoryWithPackages, write } from '../local/init/projects';
import { wrapped } from '../local/init/repositories';
import { lint, python, synthesize, template } from './project';

const parent = directoryWithPackages();
const APPS = { typescript: `${process.execPath} --import tsx bin/app.ts`, python: `${python('python')} app.py` };

/** The assemblies of an app in both languages. */
function assemblies(directoryOf: (app: 'typescript' | 'python') => string): string[] {
  return (['typescript', 'python'] as const).map((app) => synthesize(APPS[app], 'combined', directoryOf(app)));
}

function expectSameTemplates([assembly, twin]: string[]): void {
  expect(lint(path.join(assembly, 'churn.template.json'))).toEqual([]);
  expect(template(twin, 'churn')).toEqual(template(assembly, 'churn'));
}

// Each of these projects has what another kind of serving has too.
test.each([
  ['realtime', 'split'],
  ['serverless', 'combined'],
  ['async', 'combined'],
  ['batch', 'combined'],
  ['multi-model', 'split'],
])('A new project for %s with %s images has the same template in Python', (serving, layout) => {
  const directoryOf = (app: string): string => {
    const files = newProject('churn', withDefaults({ serving, layout, app }));
    return write(path.join(parent, `${serving}-${app}`), files);
  };
  expectSameTemplates(assemblies(directoryOf));
});

test.each(['stages', 'script'])('An app around an existing algorithm (%s) has the same template in Python', (name) => {
  const directoryOf = (app: string): string => path.join(wrapped(parent, name, app).directory, 'deployment');
  expectSameTemplates(assemblies(directoryOf));
});
