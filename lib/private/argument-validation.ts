import { METHODS, argumentErrors } from './property-types';
import { ValidationErrors } from './validation';

type Methods = Record<string, (...args: unknown[]) => unknown>;
type Class = { readonly prototype: Methods } & Methods;

const VALIDATED = Object.entries(METHODS).map(([name, parameters]) => {
  const [className, separator, methodName] = name.split(/([.#])/);
  return { className, isStatic: separator === '.', methodName, parameters };
});

/**
 * Makes the methods of the public API validate the types of their arguments, so that a caller without a type checker gets an error
 * that names the parameter. The constructors of constructs do it with `ValidationErrors.requireTypes`.
 *
 * Each stage calls it with its own part of the API, so that the others need not be loaded.
 */
export function validateArguments(api: object): void {
  for (const { className, isStatic, methodName, parameters } of VALIDATED) {
    const owner = (api as Record<string, Class | undefined>)[className];
    if (owner === undefined) continue;
    const target: Methods = isStatic ? owner : owner.prototype;
    const method = target[methodName];
    target[methodName] = function (...args) {
      const errors = argumentErrors(parameters, args);
      if (errors.length > 0) throwAll(`${className}.${methodName}()`, errors);
      return method.apply(this, args);
    };
  }
}

/** @throws an error that lists all errors about the arguments of a method */
function throwAll(method: string, errors: string[]): void {
  const all = new ValidationErrors(method, 'all-stages');
  errors.forEach((error) => all.add(error));
  all.throwIfAny();
}
