import * as path from 'node:path';
import { newProject, withDefaults } from '../../local/init';
import { appsOfAllKinds } from '../local/init/apps';
import { directoryWithPackages, typeErrors, write } from '../local/init/projects';
import { wrapped } from '../local/init/repositories';
import { lint, python, synthesize, template } from './project';

const parent = directoryWithPackages();
const APPS = { typescript: `${process.execPath} --import tsx bin/app.ts`, python: `${python('python')} app.py` };

/** The assemblies of an app in both languages. */
function assemblies(directoryOf: (app: 'typescript' | 'python') => string): string[] {
  return (['typescript', 'python'] as const).map((app) => synthesize(APPS[app], 'combined', directoryOf(app)));
}

/** The resources of the stack, without the metadata of the CDK, which names the language. */
function resourcesOf(assembly: string): object {
  const { Resources: resources } = template(assembly, 'churn') as { Resources: Record<string, object> };
  delete resources.CDKMetadata;
  return resources;
}

function expectSameTemplates([assembly, twin]: string[]): void {
  expect(lint(path.join(assembly, 'churn.template.json'))).toEqual([]);
  expect(resourcesOf(twin)).toEqual(resourcesOf(assembly));
}

test('The apps of all kinds of projects compile', () => {
  const apps = appsOfAllKinds(path.join(parent, 'all'));
  expect(apps.length).toBeGreaterThan(10);
  expect(typeErrors(apps.map(({ directory }) => directory))).toEqual([]);
});

// The apps of the other kinds of serving are deployed by `npm run test:nightly`.
test('A new project has the same template in Python', () => {
  const directoryOf = (app: string): string => {
    const files = newProject('churn', withDefaults({ serving: 'async', layout: 'split', app }));
    return write(path.join(parent, app), files);
  };
  expectSameTemplates(assemblies(directoryOf));
});

test('An app around a training script has the same template in Python', () => {
  const directoryOf = (app: string): string => path.join(wrapped(parent, 'script', app).directory, 'deployment');
  expectSameTemplates(assemblies(directoryOf));
});
