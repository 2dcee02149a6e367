import { TestEnvironment } from 'jest-environment-node';
import async_hooks from 'node:async_hooks';
import vm from 'node:vm';

/**
 * Jest loads all modules again for each file of tests, and most of that time is the compilation of aws-cdk-lib and the clients of AWS.
 * Here a process compiles each module once. The files of tests stay isolated: a compiled script runs in the context of each.
 */
const scripts = new Map<string, { readonly source: string; readonly script: vm.Script }>();

function compileOnce(
  source: string,
  parameters: readonly string[] = [],
  options: vm.CompileFunctionOptions = {},
): unknown {
  const { filename = '', parsingContext } = options;
  let compiled = scripts.get(filename);
  if (compiled?.source !== source) {
    const prefix = `(function (${parameters.join(',')}) {`;
    const script = new vm.Script(`${prefix}${source}\n})`, { filename, columnOffset: -prefix.length });
    compiled = { source, script };
    scripts.set(filename, compiled);
  }
  return compiled.script.runInContext(parsingContext!);
}

Object.assign(vm, { compileFunction: compileOnce });

/** The storages of a file of tests. */
const storages = new Set<async_hooks.AsyncLocalStorage<unknown>>();

class RecordedStorage<T> extends async_hooks.AsyncLocalStorage<T> {
  constructor() {
    super();
    storages.add(this);
  }
}

Object.assign(async_hooks, { AsyncLocalStorage: RecordedStorage });

export default class Environment extends TestEnvironment {
  /** Jest leaves a storage per file of tests, and each of them slows all promises of the process down: by a factor of 40 after 50 files. */
  public override async teardown(): Promise<void> {
    await super.teardown();
    storages.forEach((storage) => storage.disable());
    storages.clear();
  }
}
