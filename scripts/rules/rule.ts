export interface Rule {
  /** The refused value or combination of values, in a sentence. */
  readonly rule: string;

  /** The default is an error. */
  readonly result?: 'warning';

  /** Links to where AWS states the rule or shows its own error, or one of the words below. */
  readonly source: string;
  readonly messages: readonly string[];
}
