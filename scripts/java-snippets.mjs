// Completes the Java that jsii-rosetta writes, so that it compiles: it has no imports of single types and of the collections of Java, and its
// declarations precede the class.
import { loadAssemblyFromPath } from '@jsii/spec';

const LIBRARY = 'io.github.cdksagemakeralgorithm';
const JAVA = { List: 'java.util', Map: 'java.util', String: 'java.lang', Override: 'java.lang' };

/** The Java packages of all types that snippets can use, by the names of the types. */
function packagesOfTypes() {
  const packages = new Map(Object.entries(JAVA).map(([name, javaPackage]) => [name, [javaPackage]]));
  for (const directory of ['.', 'node_modules/aws-cdk-lib', 'node_modules/constructs']) {
    const {
      name,
      targets,
      submodules = {},
      types = {},
    } = loadAssemblyFromPath(directory, false, ['intersection-types']);
    for (const type of Object.values(types)) {
      const parent = type.fqn.slice(0, type.fqn.lastIndexOf('.'));
      // The other parents are types, whose name precedes that of the type.
      if (parent !== name && submodules[parent] === undefined) continue;
      const javaPackage = (submodules[parent] ?? { targets }).targets?.java?.package ?? targets.java.package;
      packages.set(type.name, [...(packages.get(type.name) ?? []), javaPackage]);
    }
  }
  return packages;
}

const packages = packagesOfTypes();
const TEXT_OR_COMMENT = /"(?:[^"\\]|\\.)*"|\/\/.*/g;

/**
 * The snippet as a class that compiles, or the reason why Java has no such snippet.
 *
 * @returns {{ code?: string, reason?: string }}
 */
export function completeJava(source, className) {
  const imported = [...source.matchAll(/^import ([\w.]+?)(\.\*)?;$/gm)].map(([, name]) => name);
  const [head, ...body] = source.replace(/^import .*\n/gm, '').split(/^(?=public class )/m);
  const statements = head.replace(/^\/\/.*$|(?<=;)\s*\/\/.*$/gm, '').trim();
  const code =
    body.length === 0
      ? `public class ${className} {\n    static void run() {\n${statements}\n    }\n}\n`
      : body
          .join('')
          .replace(/\bFixture\b/g, className)
          .replace('{\n', `{\n${statements.replace(/^(?=[A-Z])/gm, '    static ')}\n`);
  const names = new Set(code.replace(TEXT_OR_COMMENT, '').match(/(?<![.\w])[A-Z]\w*/g));
  const imports = [];
  for (const name of names) {
    const all = packages.get(name) ?? [];
    const candidates = all.filter((one) => imported.includes(one) || imported.includes(`${one}.${name}`));
    if (candidates.length > 1 && !all.includes(LIBRARY)) return { reason: `${name} is a name of two modules` };
    const [found = all[0]] = all.includes(LIBRARY) ? [LIBRARY] : candidates;
    if (found !== undefined) imports.push(`import ${found}.${name};\n`);
  }
  return { code: `${imports.join('')}\n${code}` };
}
