import { METHODS, namesOf, propertyErrors } from './property-types';
import { ValidationErrors } from './validation';

type Methods = Record<string, (...args: unknown[]) => unknown>;

/**
 * Makes the methods of the public API validate the types of their arguments, so that a caller without a type checker gets an error
 * that names the parameter. The constructors of constructs do it with `ValidationErrors.requireTypes`.
 */
export function validateArguments(api: object): void {
  for (const [name, parameters] of Object.entries(METHODS)) {
    const [className, separator, methodName] = name.split(/([.#])/);
    const owner = (api as Record<string, { readonly prototype: Methods } & Methods>)[className];
    const target = separator === '.' ? (owner as Methods) : owner.prototype;
    const method = target[methodName];
    target[methodName] = function (...args) {
      const errors = new ValidationErrors(`${className}.${methodName}()`, 'all-stages');
      const values = Object.fromEntries(namesOf(parameters).map((parameter, index) => [parameter, args[index]]));
      propertyErrors(parameters, values).forEach((error) => errors.add(error));
      errors.throwIfAny();
      return method.apply(this, args);
    };
  }
}
