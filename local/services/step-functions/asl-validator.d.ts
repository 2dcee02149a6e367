/** The package has no types of its own. */
declare module 'asl-validator' {
  interface Options {
    readonly checkArn?: boolean;
    readonly checkPaths?: boolean;
  }

  interface Result {
    readonly isValid: boolean;
    errorsText(separator?: string): string;
  }

  function validate(definition: object, options?: Options): Result;
  export = validate;
}
