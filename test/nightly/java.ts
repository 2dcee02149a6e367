import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { ROOT, run, scratch } from '../interop/project';

const CACHE = path.join(ROOT, '.cache');
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };

function maven(...args: string[]): string {
  return run(ROOT, 'mvn', '-q', '-B', `-Dmaven.repo.local=${path.join(CACHE, 'maven')}`, ...args);
}

/** The class path of the example: the package for Java, which must have been built, and its dependencies. */
export function classPath(): string {
  const name = path.join('io', 'github', 'cdk-sagemaker-algorithm', 'cdk-sagemaker-algorithm', version);
  const jar = path.join(CACHE, 'packages', 'java', name, `cdk-sagemaker-algorithm-${version}`);
  maven('install:install-file', `-Dfile=${jar}.jar`, `-DpomFile=${jar}.pom`);
  const file = path.join(scratch(), 'classpath');
  maven('-f', 'examples/breast-cancer/java', 'dependency:build-classpath', `-Dmdep.outputFile=${file}`);
  return readFileSync(file, 'utf8').trim();
}
