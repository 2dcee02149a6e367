/** The parsers of expressions of DynamoDB. They return the message of an error, or throw an error for an unexpected character. */
declare module 'dynalite/db/conditionParser' {
  export function parse(expression: string, options: { context: object }): unknown;
}

declare module 'dynalite/db/updateParser' {
  export function parse(expression: string, options: { context: object }): unknown;
}

declare module 'dynalite/db/projectionParser' {
  export function parse(expression: string, options: { context: object }): unknown;
}
